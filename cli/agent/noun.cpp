#include "cli/agent/noun.hpp"

#include "cli/agent/backup.hpp"
#include "cli/agent/drain.hpp"
#include "cli/agent/reload.hpp"
#include "cli/agent/status.hpp"

namespace notify::cli::agent {

void AddNoun(Command& root, Factory& factory) {
  auto& noun =
      root.Add("agent", "The agent itself: status, drain, reload, backup", {"agents", "ag"});
  AddAgentStatus(noun, factory, RunAgentStatus);
  AddAgentDrain(noun, factory, RunAgentDrain);
  AddAgentBackup(noun, factory, RunAgentBackup);
  AddAgentReload(noun, factory, RunAgentReload);
}

}  // namespace notify::cli::agent
