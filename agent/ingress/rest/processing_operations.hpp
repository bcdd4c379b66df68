#pragma once

#include "agent/flow/audit_sink.hpp"
#include "agent/ingress/rest/call.hpp"
#include "agent/pipeline/event_processing.hpp"
#include "agent/pipeline/scheduling.hpp"
#include "agent/projection/metrics_projection.hpp"

namespace notify::agent::ingress::rest {

/// What the event processing operations ask; all of it outlives them.
struct ProcessingParts {
  eventlog::EventLog& log;
  pipeline::Scheduling& scheduling;
  pipeline::EventProcessing& processing;
  projection::MetricsProjection& projection;
  AuditSink& audit;
  const Clock& clock;
  bool analytics_on = true;
};

/// What of section 4.1 of the plan is about events that were published before: `GET
/// /api/events/status` and `…/{id}`, `GET /api/events/metrics`, `POST /api/events/retry/{id}`,
/// `DELETE /api/events/{id}`.
void AddProcessingOperations(Operations& operations, ProcessingParts parts);

}  // namespace notify::agent::ingress::rest
