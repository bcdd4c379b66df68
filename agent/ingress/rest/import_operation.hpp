#pragma once

#include "agent/flow/audit_sink.hpp"
#include "agent/ingress/rest/call.hpp"
#include "agent/ingress/rest/publish_operations.hpp"

namespace notify::agent::ingress::rest {

/// `POST /api/events/import` (contract 6): a batch of history. It keeps the times that it brings,
/// starts no triggers unless that is asked for, and is safe to repeat under one import id.
///
/// A refused import ends its connection, so that the batches that a client has sent behind it are
/// not stored before it. All outlive `operations`.
void AddImportOperation(Operations& operations, pipeline::Intake& intake, AuditSink& audit,
                        PublishLimits limits);

}  // namespace notify::agent::ingress::rest
