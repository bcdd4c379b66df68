#include "agent/app/connection_audit.hpp"

#include <utility>

#include "agent/async/tenant_context.hpp"
#include "agent/auth/roles.hpp"
#include "agent/hub/room.hpp"

namespace notify::agent::app {

void ConnectionAudit::Record(const hub::Client& client, std::string action) {
  const hub::SubscriberFacts facts = client.subscriber->Facts();
  AuditEntry entry;
  entry.actor = client.info.actor;
  entry.role = auth::ToString(facts.roles);
  entry.tenant = client.room->tenant().id().text();
  entry.action = std::move(action);
  entry.target = "connections:" + facts.transport;
  entry.result = "granted";
  entry.address = facts.address;
  entry.counted = true;
  if (const auto* context = async::TenantContext::Current()) {
    entry.correlation_id = context->correlation_id;
  }
  audit_.Record(client.room->tenant(), std::move(entry));
}

}  // namespace notify::agent::app
