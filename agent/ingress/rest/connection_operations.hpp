#pragma once

#include "agent/flow/audit_sink.hpp"
#include "agent/flow/event_source.hpp"
#include "agent/hub/connections.hpp"
#include "agent/ingress/rest/call.hpp"

namespace notify::agent::ingress::rest {

/// What `/api/connections…` works with; all of it outlives the operations.
struct ConnectionParts {
  hub::Connections& connections;
  EventSource& log;
  AuditSink& audit;
};

/// `/api/connections…` (contract 6): the live connections of a tenant. They are seen, ended and
/// asked only by who may act for that tenant; another's are not found.
void AddConnectionOperations(Operations& operations, ConnectionParts parts);

}  // namespace notify::agent::ingress::rest
