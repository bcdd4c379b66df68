#include "cli/log/noun.hpp"

#include "cli/log/stat.hpp"
#include "cli/log/verify.hpp"

namespace notify::cli::log {

void AddNoun(Command& root, Factory& factory) {
  auto& noun = root.Add("log", "The event log as it lies on disk", {"logs"});
  AddLogStat(noun, factory, RunLogStat);
  AddLogVerify(noun, factory, RunLogVerify);
}

}  // namespace notify::cli::log
