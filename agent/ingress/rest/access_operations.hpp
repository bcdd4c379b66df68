#pragma once

#include "agent/flow/audit_sink.hpp"
#include "agent/ingress/rest/call.hpp"
#include "agent/tenant/access.hpp"

namespace notify::agent::ingress::rest {

/// `/api/keys…` and `/api/tokens…` (docs/http_api.md). All outlive the operations.
void AddAccessOperations(Operations& operations, tenant::Access& access, AuditSink& audit);

}  // namespace notify::agent::ingress::rest
