#pragma once

#include <functional>
#include <string>

#include "agent/ingress/rest/call.hpp"
#include "agent/telemetry/metrics.hpp"

namespace notify::agent::ingress::rest {

/// What the agent tells of itself, and what it can be told to do.
struct AgentControls {
  std::function<std::string()> status_json;  ///< Any thread; see docs/http_api.md.
  std::function<bool()> ready;               ///< Any thread.
  std::function<void()> drain;               ///< Any thread; returns at once.
  std::function<async::Task<Status>()> reload;
  bool metrics_on = true;
};

/// `/healthz`, `/readyz`, `/metrics`, `/openapi.json`, `/api/admin/…`. `metrics` outlives them.
void AddAgentOperations(Operations& operations, AgentControls controls, telemetry::Metrics& metrics,
                        std::string openapi);

}  // namespace notify::agent::ingress::rest
