#pragma once

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::agent {

struct AgentReloadOptions {
  Factory* factory = nullptr;
};

Command& AddAgentReload(Command& noun, Factory& factory, RunHook<AgentReloadOptions> run);
/// Has the agent read its configuration again; one that is not valid changes nothing.
Status RunAgentReload(const AgentReloadOptions& options);

}  // namespace notify::cli::agent
