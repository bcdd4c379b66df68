#pragma once

#include "agent/flow/audit_sink.hpp"
#include "agent/ingress/rest/call.hpp"
#include "agent/pipeline/replays.hpp"
#include "agent/tenant/directory_publisher.hpp"

namespace notify::agent::ingress::rest {

/// `POST|GET /api/events/replay`, `GET|DELETE /api/events/replay/{token}` and its verbs (contract 6
/// and 8): a range of the log again, to connections, a webhook or a log. All outlive `operations`.
void AddReplayOperation(Operations& operations, pipeline::Replays& replays,
                        const tenant::DirectoryPublisher& directory, AuditSink& audit,
                        const Clock& clock);

}  // namespace notify::agent::ingress::rest
