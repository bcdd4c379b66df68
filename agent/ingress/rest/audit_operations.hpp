#pragma once

#include "agent/audit/audit_chains.hpp"
#include "agent/ingress/rest/call.hpp"
#include "agent/tenant/directory_publisher.hpp"

namespace notify::agent::ingress::rest {

/// `GET /api/audit`: the tenant's chain; for a platform-admin who names no tenant, all chains
/// merged by time (contract 5). All outlive the operations.
void AddAuditOperations(Operations& operations, audit::AuditChains& audit,
                        const tenant::DirectoryPublisher& directory, const Clock& clock);

}  // namespace notify::agent::ingress::rest
