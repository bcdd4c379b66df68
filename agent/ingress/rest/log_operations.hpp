#pragma once

#include "agent/eventlog/event_log.hpp"
#include "agent/ingress/rest/call.hpp"

namespace notify::agent::ingress::rest {

/// `GET /api/log/stat` and `GET /api/log/verify` of the tenant's log. `log` outlives the
/// operations.
void AddLogOperations(Operations& operations, eventlog::EventLog& log);

}  // namespace notify::agent::ingress::rest
