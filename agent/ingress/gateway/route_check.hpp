#pragma once

#include <vector>

#include "agent/async/stream.hpp"
#include "common/config/agent_config.hpp"
#include "common/result.hpp"

namespace notify::agent::ingress {

/// Whether the gateway can stand at all these paths. kInvalidConfig, each error with the key's path
/// and line, where one collides with a path of ours: an operation, the hub, the pages, or what
/// contract 6 keeps for the product below `/api`; where only the agent may publish the type; where
/// the upstream is no address.
Status CheckRoutes(const std::vector<RouteConfig>& routes);

/// Where a route's upstream listens; port 80 where it names none. kInvalidConfig.
Result<async::Endpoint> UpstreamEndpoint(const RouteConfig& route);

}  // namespace notify::agent::ingress
