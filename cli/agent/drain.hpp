#pragma once

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::agent {

struct AgentDrainOptions {
  Factory* factory = nullptr;
  bool yes = false;
  bool wait = false;
};

Command& AddAgentDrain(Command& noun, Factory& factory, RunHook<AgentDrainOptions> run);
/// Stops the agent gracefully. kUsage without `yes`. With `wait`, returns when it is gone; kTimeout
/// where it is still there after the global time limit.
Status RunAgentDrain(const AgentDrainOptions& options);

}  // namespace notify::cli::agent
