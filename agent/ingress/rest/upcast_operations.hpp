#pragma once

#include "agent/flow/audit_sink.hpp"
#include "agent/ingress/rest/call.hpp"
#include "agent/schema/upcasting.hpp"

namespace notify::agent::ingress::rest {

/// `/api/schemas/{id}/upcasters…`: listUpcasters, putUpcaster, deleteUpcaster and tryUpcasters,
/// which lifts data and changes nothing. All that is given outlives `operations`.
void AddUpcastOperations(Operations& operations, schema::Upcasting& upcasting, AuditSink& audit);

}  // namespace notify::agent::ingress::rest
