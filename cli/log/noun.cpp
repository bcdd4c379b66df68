#include "cli/log/noun.hpp"

#include "cli/log/compact.hpp"
#include "cli/log/hold.hpp"
#include "cli/log/release.hpp"
#include "cli/log/stat.hpp"
#include "cli/log/verify.hpp"

namespace notify::cli::log {

void AddNoun(Command& root, Factory& factory) {
  auto& noun = root.Add("log", "The event log as it lies on disk", {"logs"});
  AddLogStat(noun, factory, RunLogStat);
  AddLogCompact(noun, factory, RunLogCompact);
  AddLogHold(noun, factory, RunLogHold);
  AddLogRelease(noun, factory, RunLogRelease);
  AddLogVerify(noun, factory, RunLogVerify);
}

}  // namespace notify::cli::log
