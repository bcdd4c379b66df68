#pragma once

#include "agent/flow/audit_sink.hpp"
#include "agent/ingress/rest/call.hpp"
#include "agent/pipeline/delivery_questions.hpp"

namespace notify::agent::ingress::rest {

/// `/api/delivery/status` and `…/{id}`. Who may read all events sees every delivery, with masked
/// recipients unless it says `reveal=true`, which is audited; a subscriber sees what goes to
/// itself. Both outlive the operations.
void AddDeliveryOperations(Operations& operations, pipeline::DeliveryQuestions& questions,
                           AuditSink& audit);

}  // namespace notify::agent::ingress::rest
