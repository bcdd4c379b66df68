#pragma once

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::agent {

struct AgentStatusOptions {
  Factory* factory = nullptr;
};

Command& AddAgentStatus(Command& noun, Factory& factory, RunHook<AgentStatusOptions> run);
/// Shows the agent's version, uptime, counts and places.
Status RunAgentStatus(const AgentStatusOptions& options);

}  // namespace notify::cli::agent
