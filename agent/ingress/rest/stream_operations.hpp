#pragma once

#include "agent/eventlog/event_log.hpp"
#include "agent/flow/audit_sink.hpp"
#include "agent/ingress/rest/call.hpp"
#include "agent/stream/snapshots.hpp"

namespace notify::agent::ingress::rest {

/// Adds the operations on streams and their snapshots. Everything outlives the operations.
void AddStreamOperations(Operations& operations, eventlog::EventLog& log,
                         stream::Snapshots& snapshots, AuditSink& audit);

}  // namespace notify::agent::ingress::rest
