#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::agent {

struct AgentRestoreOptions {
  Factory* factory = nullptr;
  std::string file;
  std::vector<std::string> only;
};

Command& AddAgentRestore(Command& noun, Factory& factory, RunHook<AgentRestoreOptions> run);
/// Brings tenants of a backup into the running agent, all that it does not have or those of `only`;
/// `-` is standard input. The first of the errors where a tenant was left out that the agent does
/// not have.
Status RunAgentRestore(const AgentRestoreOptions& options);

}  // namespace notify::cli::agent
