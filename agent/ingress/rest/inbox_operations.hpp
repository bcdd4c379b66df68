#pragma once

#include "agent/flow/audit_sink.hpp"
#include "agent/inbox/inboxes.hpp"
#include "agent/ingress/rest/call.hpp"

namespace notify::agent::ingress::rest {

/// `/api/inbox…`: a user's notifications. Without `user` in the query they are the caller's own; of
/// others a viewer may read them and a tenant-admin change them, which is audited. Both outlive the
/// operations. Where notifications are switched off (`on` is false) the paths are 404
/// `feature_disabled`.
void AddInboxOperations(Operations& operations, inbox::Inboxes& inboxes, AuditSink& audit, bool on);

}  // namespace notify::agent::ingress::rest
