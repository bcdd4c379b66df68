#pragma once

#include "agent/eventlog/event_log.hpp"
#include "agent/flow/audit_sink.hpp"
#include "agent/ingress/rest/call.hpp"
#include "agent/schema/upcasting.hpp"
#include "agent/stream/snapshots.hpp"

namespace notify::agent::ingress::rest {

/// What the operations are made of; it outlives them.
struct StreamOperationParts {
  eventlog::EventLog& log;
  schema::Upcasting& upcasting;
  stream::Snapshots& snapshots;
  AuditSink& audit;
};

/// Adds the operations on streams and their snapshots; `?raw=true` reads events as they are stored.
void AddStreamOperations(Operations& operations, StreamOperationParts parts);

}  // namespace notify::agent::ingress::rest
