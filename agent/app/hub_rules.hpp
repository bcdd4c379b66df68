#pragma once

#include "agent/ingress/signalr/services.hpp"
#include "common/config/agent_config.hpp"

namespace notify::agent::app {

/// Who may call which hub methods how often, as the configuration says. Threads: any.
ingress::signalr::HubRules HubRulesOf(const AgentConfig& config);

}  // namespace notify::agent::app
