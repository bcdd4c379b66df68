#pragma once

#include "agent/eventlog/event_log.hpp"
#include "agent/flow/audit_sink.hpp"
#include "agent/ingress/rest/call.hpp"
#include "agent/tenant/registry.hpp"

namespace notify::agent::ingress::rest {

struct LogParts {
  eventlog::EventLog& log;
  tenant::Registry& registry;
  AuditSink& audit;
};

/// `/api/log/…` of the tenant's log (docs/http_api.md): where it lies, whether it is whole, and the
/// legal hold that keeps retention from it. All of `parts` outlives the operations.
void AddLogOperations(Operations& operations, LogParts parts);

}  // namespace notify::agent::ingress::rest
