#pragma once

#include "agent/flow/audit_sink.hpp"
#include "agent/ingress/rest/call.hpp"
#include "agent/pipeline/notifications.hpp"

namespace notify::agent::ingress::rest {

/// `/api/triggers…`, `/api/templates…`, `/api/notifications…`. Both outlive the operations. Where
/// notifications are switched off (`on` is false) their paths are 404 `feature_disabled`.
void AddNotificationOperations(Operations& operations, pipeline::Notifications& notifications,
                               AuditSink& audit, bool on);

}  // namespace notify::agent::ingress::rest
