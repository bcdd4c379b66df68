#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <vector>

#include "agent/async/task_group.hpp"
#include "agent/flow/event_source.hpp"
#include "agent/flow/retention_hold.hpp"
#include "agent/flow/tenant_holder.hpp"
#include "agent/pipeline/delivery.hpp"

namespace notify::agent::pipeline {

/// Gives each tenant with something to do its turns, one after the other, at most
/// `busy_tenants` at once: a tenant with much work waits behind the others after each turn.
///
/// Lifetime: outlives its tasks, because Stop() is awaited before it goes.
/// Threads:  the platform executor.
class DeliveryLoop final : public EventConsumer, public TenantHolder, public RetentionHold {
 public:
  DeliveryLoop(DeliveryParts parts, DeliveryOptions options);
  ~DeliveryLoop() override;
  DeliveryLoop(const DeliveryLoop&) = delete;
  DeliveryLoop& operator=(const DeliveryLoop&) = delete;

  void HeadMoved(const TenantHandle& tenant, Position head) override;
  async::Task<void> LetGo(TenantHandle tenant) override;
  /// What no rule has seen yet; a cursor that lies behind the log is moved then.
  async::Task<Result<std::vector<HeldEvents>>> HeldBy(TenantHandle tenant) override;

  /// Takes up the tenants that had something left when the agent ended; one after another.
  void Resume(const std::vector<TenantHandle>& tenants);

  /// There is something new in the tenant's queue.
  void Kick(const TenantHandle& tenant);
  /// The tenant's rules changed: the next turn reads them again.
  void RulesChanged(const TenantHandle& tenant);
  /// The last event that was looked at, where the tenant is known here.
  std::optional<Position> CursorOf(const TenantHandle& tenant) const;

  /// Tenants with something to do, for tests and the status.
  std::size_t busy() const { return entries_.size(); }

  /// No new turns and attempts; waits for those under way. What they came to is not written: it is
  /// done again, under the same ids, after the next start.
  async::Task<void> Stop();

 private:
  struct Entry;

  Entry& EntryOf(const TenantHandle& tenant);
  Entry& Wake(const TenantHandle& tenant);
  void Queue(Entry& entry);
  void Pump();
  async::Task<void> RunTurn(Entry& entry);
  async::Task<void> RunAttempt(Entry& entry, delivery::Delivery delivery);
  void AfterTurn(Entry& entry, Result<TurnResult> result);
  void AfterFailure(Entry& entry, const Error& error);
  void Arm(Entry& entry, Clock::Duration delay);
  void OnTimer(const TenantId& tenant);
  static bool Quiet(const Entry& entry);

  const DeliveryParts parts_;
  const DeliveryOptions options_;
  DeliveryStages stages_;
  async::TaskGroup tasks_;
  std::map<TenantId, std::unique_ptr<Entry>> entries_;
  std::deque<Entry*> ready_;
  std::size_t turns_ = 0;
};

}  // namespace notify::agent::pipeline
