#include "agent/app/live_side.hpp"

#include <utility>

#include "agent/tenant/handle_issuer.hpp"

namespace notify::agent::app {

LiveSide::LiveSide(async::Runtime& runtime, Storage& storage, pipeline::LiftedEvents& events,
                   Feedback& feedback, HubNews& news, Options options)
    : audit_(*storage.audit),
      consumers_({runtime, events, *storage.databases, *storage.metrics}),
      durables_(consumers_, options.durables),
      fanout_(events),
      hub_(runtime, fanout_, durables_, *storage.sessions, news),
      connections_(runtime, hub_),
      presence_(runtime, hub_, *storage.metrics, options.presence_grace),
      inboxes_({runtime, *storage.log, feedback, *storage.databases, hub_}, options.inboxes),
      connection_audit_(audit_),
      inbox_greeting_(runtime.platform(), inboxes_) {
  for (std::size_t i = 0; i < runtime.io_threads(); ++i) {
    if (options.audit_connections) hub_.shard(i).Observe(connection_audit_);
    if (options.notifications_on) hub_.shard(i).Observe(inbox_greeting_);
  }
}

async::Task<void> LiveSide::Prepare(std::shared_ptr<const Directory> next) {
  tenants_.store(next->tenants().size(), std::memory_order_relaxed);
  for (const auto& record : next->tenants()) {
    const auto known = revisions_.find(record->id);
    if (known == revisions_.end()) {
      revisions_.emplace(record->id, record->revision);
    } else if (std::exchange(known->second, record->revision) != record->revision) {
      TenantHandle handle = tenant::HandleIssuer::ForPlatform(record, "hub.refresh", audit_);
      co_await hub_.Refresh(std::move(handle));
    }
  }
}

async::Task<void> LiveSide::LetGo(TenantHandle tenant) {
  hub::Farewell farewell;
  farewell.error = "The tenant is not served any more.";
  const auto chosen = [id = tenant.id()](const TenantId& candidate, const hub::ClientInfo&) {
    return candidate == id;
  };
  co_await hub_.DisconnectWhere(chosen, std::move(farewell));
  if (tenant.record().state == TenantState::kDeleting) revisions_.erase(tenant.id());
}

async::Task<void> LiveSide::EndSessions(TenantHandle tenant, std::string actor) {
  hub::Farewell farewell;
  farewell.error = "The credential was taken back.";
  const auto chosen = [id = tenant.id(), actor](const TenantId& candidate,
                                                const hub::ClientInfo& client) {
    return candidate == id && client.actor == actor;
  };
  co_await hub_.DisconnectWhere(chosen, std::move(farewell));
}

}  // namespace notify::agent::app
