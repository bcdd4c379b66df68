#pragma once

#include "agent/consumer/consumers.hpp"
#include "agent/flow/audit_sink.hpp"
#include "agent/ingress/rest/call.hpp"

namespace notify::agent::ingress::rest {

/// `/api/consumers…` (contract 6). Both outlive the operations.
void AddConsumerOperations(Operations& operations, consumer::Consumers& consumers,
                           AuditSink& audit);

}  // namespace notify::agent::ingress::rest
