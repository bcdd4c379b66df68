#pragma once

#include "agent/ingress/rest/call.hpp"
#include "agent/projection/metrics_projection.hpp"
#include "agent/tenant/directory_publisher.hpp"

namespace notify::agent::ingress::rest {

/// `GET /api/metrics/query`: one tenant's counts; all tenants' for a platform-admin who names none.
/// All outlive the operations. Where analytics are switched off (`on` is false) it is 404.
void AddMetricOperations(Operations& operations, projection::MetricsProjection& projection,
                         const tenant::DirectoryPublisher& directory, const Clock& clock, bool on);

}  // namespace notify::agent::ingress::rest
