#include "agent/ingress/rest/audit_note.hpp"

#include "agent/auth/roles.hpp"

namespace notify::agent::ingress::rest {

AuditEntry EntryFor(Call& call, std::string action, std::string target) {
  call.audited = true;
  AuditEntry entry;
  entry.actor = call.caller.principal.actor();
  entry.role = auth::ToString(call.caller.principal.roles());
  if (call.caller.tenant) entry.tenant = call.caller.tenant->id().text();
  entry.action = std::move(action);
  entry.target = std::move(target);
  entry.address = call.exchange.peer().address;
  entry.correlation_id = call.correlation_id;
  return entry;
}

}  // namespace notify::agent::ingress::rest
