#pragma once

#include "agent/flow/audit_sink.hpp"
#include "agent/ingress/rest/call.hpp"
#include "agent/pipeline/dead_letters.hpp"

namespace notify::agent::ingress::rest {

/// `/api/dlq…` (contract 6). Both outlive the operations.
void AddDeadLetterOperations(Operations& operations, pipeline::DeadLetters& letters,
                             AuditSink& audit);

}  // namespace notify::agent::ingress::rest
