#include "cli/agent/noun.hpp"
#include "cli/app.hpp"
#include "cli/context/noun.hpp"
#include "cli/top_level/version.hpp"

namespace notify::cli {

void AddCommands(Command& root, Factory& factory) {
  agent::AddNoun(root, factory);
  context::AddNoun(root, factory);
  top_level::AddVersion(root, factory, top_level::RunVersion);
}

}  // namespace notify::cli
