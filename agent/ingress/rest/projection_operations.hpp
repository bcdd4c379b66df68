#pragma once

#include "agent/flow/audit_sink.hpp"
#include "agent/ingress/rest/call.hpp"
#include "agent/projection/metrics_projection.hpp"
#include "agent/projection/projections.hpp"

namespace notify::agent::ingress::rest {

/// What `/api/projections…` works with; all of it outlives the operations.
struct ProjectionOperationParts {
  projection::Projections& projections;
  projection::MetricsProjection& metrics;  ///< Listed as `metrics`, the built-in one,
  bool metrics_on = true;                  ///< where it is on.
  AuditSink& audit;
};

/// `/api/projections…` (contract 6, docs/projections.md).
void AddProjectionOperations(Operations& operations, ProjectionOperationParts parts);

}  // namespace notify::agent::ingress::rest
