#pragma once

#include "agent/flow/audit_sink.hpp"
#include "agent/ingress/rest/call.hpp"
#include "agent/schema/schemas.hpp"
#include "agent/schema/upcasting.hpp"

namespace notify::agent::ingress::rest {

/// `/api/schemas`: listSchemas, createSchema, getSchema, putSchema, deleteSchema, getSchemaVersion,
/// checkSchema and validateEvent. The last two answer as putSchema and publishEvent would, and
/// change nothing.
/// Lifetime: everything given outlives `operations`.
void AddSchemaOperations(Operations& operations, schema::Schemas& schemas,
                         schema::Upcasting& upcasting, pipeline::Intake& intake, AuditSink& audit);

}  // namespace notify::agent::ingress::rest
