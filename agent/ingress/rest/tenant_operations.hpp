#pragma once

#include "agent/eventlog/event_log.hpp"
#include "agent/flow/audit_sink.hpp"
#include "agent/ingress/rest/call.hpp"
#include "agent/tenant/directory_publisher.hpp"
#include "agent/tenant/registry.hpp"

namespace notify::agent::ingress::rest {

/// What the operations on tenants work with. All outlive the operations.
struct TenantParts {
  tenant::Registry& registry;
  const tenant::DirectoryPublisher& directory;
  eventlog::EventLog& log;
  AuditSink& audit;
};

/// `/api/tenants…` (docs/http_api.md).
void AddTenantOperations(Operations& operations, TenantParts parts);

}  // namespace notify::agent::ingress::rest
