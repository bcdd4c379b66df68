#pragma once

#include "agent/delivery/delivery_queue.hpp"
#include "agent/pipeline/delivery_parts.hpp"
#include "agent/tracking/report.hpp"

namespace notify::agent::pipeline {

/// How often a cursor is written that nothing hangs on: after so long or so many events. With many
/// tenants the time is what each of them costs, a sync and often an open; with a busy one the
/// events are what a start after a kill reads again.
inline constexpr auto kSaveEvery = std::chrono::seconds(60);
inline constexpr std::uint64_t kSaveEvents = 200'000;

/// The order of the stages between the log and the recipient: trigger, routing, render, delivery,
/// channel, tracking. The only place that knows it.
///
/// Append first, cursor second: what an event starts is told to the log before the cursor moves
/// past the event, under ids that doing it again repeats. How an attempt ended is written before it
/// is told, and told until the log has it: each delivery ends once.
///
/// Lifetime: as the agent.
/// Threads:  the platform executor; one turn of a tenant at a time.
class DeliveryStages {
 public:
  DeliveryStages(DeliveryParts parts, DeliveryOptions options)
      : parts_(parts), options_(options), counters_(parts.metrics) {}

  /// One step of a tenant's work. On an error nothing is lost: a later turn does it again.
  async::Task<Result<TurnResult>> Turn(TenantWork& work);

  /// One attempt. The delivery comes back settled, for the next turn to write.
  async::Task<delivery::Delivery> Attempt(TenantHandle tenant, delivery::Delivery delivery);

 private:
  Status Load(TenantWork& work);
  Status WriteOutcomes(TenantWork& work);
  async::Task<Result<ReadPage>> ReadNext(TenantWork& work);
  /// Appends what the agent has to tell, in commits of a bounded size: what users get may be large.
  async::Task<Status> Tell(TenantHandle tenant, std::vector<OwnEvent> events);
  Status ForgetOld(delivery::DeliveryQueue& queue);
  /// The cursor moves and nothing hangs on it: what is read again starts nothing again, so it is
  /// written now and then only.
  Status MoveOn(TenantWork& work, Position done);
  Status Commit(TenantWork& work, const struct Plan& plan,
                const std::vector<delivery::Delivery>& ended);
  Result<TurnResult> FindDue(TenantWork& work);

  const DeliveryParts parts_;
  const DeliveryOptions options_;
  const tracking::Counters counters_;
};

}  // namespace notify::agent::pipeline
