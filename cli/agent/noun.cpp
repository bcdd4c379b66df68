#include "cli/agent/noun.hpp"

#include "cli/agent/backup.hpp"
#include "cli/agent/drain.hpp"
#include "cli/agent/reload.hpp"
#include "cli/agent/restore.hpp"
#include "cli/agent/status.hpp"

namespace notify::cli::agent {

void AddNoun(Command& root, Factory& factory) {
  auto& noun = root.Add("agent", "The agent itself: status, drain, reload, backup, restore",
                        {"agents", "ag"});
  AddAgentStatus(noun, factory, RunAgentStatus);
  AddAgentDrain(noun, factory, RunAgentDrain);
  AddAgentBackup(noun, factory, RunAgentBackup);
  AddAgentRestore(noun, factory, RunAgentRestore);
  AddAgentReload(noun, factory, RunAgentReload);
}

}  // namespace notify::cli::agent
