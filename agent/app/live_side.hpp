#pragma once

#include <atomic>
#include <map>
#include <memory>

#include "agent/app/connection_audit.hpp"
#include "agent/app/inbox_greeting.hpp"
#include "agent/app/tenancy.hpp"
#include "agent/consumer/hub_consumers.hpp"
#include "agent/flow/directory_observer.hpp"
#include "agent/flow/tenant_holder.hpp"
#include "agent/hub/connections.hpp"
#include "agent/hub/hub.hpp"
#include "agent/hub/presence.hpp"
#include "agent/inbox/inboxes.hpp"
#include "agent/pipeline/fanout.hpp"

namespace notify::agent::app {

/// From the log to live subscribers, durable consumers and users' inboxes, kept in step with the
/// tenants' lives and settings.
///
/// Lifetime: as the agent; after Tenancy.
/// Threads:  the platform executor.
class LiveSide final : public DirectoryObserver, public TenantHolder {
 public:
  struct Options {
    consumer::HubConsumers::Options durables;
    Clock::Duration presence_grace = std::chrono::seconds(5);
    bool audit_connections = true;
    bool notifications_on = true;
    inbox::Inboxes::Options inboxes;
  };

  /// All outlive it.
  LiveSide(async::Runtime& runtime, Storage& storage, pipeline::LiftedEvents& events,
           Feedback& feedback, HubNews& news, Options options);

  hub::Hub& hub() { return hub_; }
  hub::Connections& connections() { return connections_; }
  hub::Presence& presence() { return presence_; }
  inbox::Inboxes& inboxes() { return inboxes_; }
  /// What acknowledges, through the hub and through the API.
  consumer::Consumers& consumers() { return consumers_; }
  /// Any thread.
  std::size_t tenants() const { return tenants_.load(std::memory_order_relaxed); }

  /// Puts changed settings in force for the connections that are there.
  async::Task<void> Prepare(std::shared_ptr<const Directory> next) override;
  /// Ends the connections of a tenant that stops.
  async::Task<void> LetGo(TenantHandle tenant) override;
  /// Ends the connections of one of a tenant's actors, whose credential was taken back.
  async::Task<void> EndSessions(TenantHandle tenant, std::string actor);

 private:
  AuditSink& audit_;
  consumer::Consumers consumers_;
  consumer::HubConsumers durables_;
  pipeline::Fanout fanout_;
  hub::Hub hub_;
  hub::Connections connections_;
  hub::Presence presence_;
  inbox::Inboxes inboxes_;
  ConnectionAudit connection_audit_;
  InboxGreeting inbox_greeting_;
  std::atomic<std::size_t> tenants_{0};
  std::map<TenantId, std::int64_t> revisions_;  // Those that the hub knows.
};

}  // namespace notify::agent::app
