#pragma once

#include <functional>
#include <string>

#include "agent/flow/audit_sink.hpp"
#include "agent/ingress/rest/call.hpp"
#include "agent/tenant/access.hpp"

namespace notify::agent::ingress::rest {

/// Ends the live connections of an actor (`user:alice`, `key:…`) whose credential was taken back.
using EndSessions = std::function<async::Task<void>(TenantHandle, std::string actor)>;

/// `/api/keys…` and `/api/tokens…` (docs/http_api.md). All outlive the operations.
void AddAccessOperations(Operations& operations, tenant::Access& access, AuditSink& audit,
                         EndSessions end_sessions);

}  // namespace notify::agent::ingress::rest
