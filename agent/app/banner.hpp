#pragma once

#include "agent/app/agent.hpp"

namespace notify::agent::app {

/// Says where the agent is, where it keeps things, and what to type next. On stdout.
void PrintBanner(const AgentConfig& config, const Agent::Started& started);

}  // namespace notify::agent::app
