#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

#include "agent/flow/deliveries.hpp"
#include "agent/flow/live_sink.hpp"
#include "agent/flow/replay_sink.hpp"
#include "agent/hub/hub_shard.hpp"

namespace notify::agent::hub {

/// Groups, subscriptions and fan-out: one shard for each I/O thread. What concerns all of them is
/// one message to each.
///
/// Lifetime: as the agent; Stop() is awaited before it goes.
/// Threads:  any executor; answers come on the caller's.
class Hub final : public LiveSink, public ReplaySink, public Deliveries {
 public:
  /// All outlive the hub.
  Hub(async::Runtime& runtime, Upstream& upstream, DurableSource& durables, SessionKeeper& keeper,
      HubNews& news);

  /// The shard of an I/O thread; used on that thread.
  HubShard& shard(std::size_t io) { return *shards_[io]; }

  async::Task<std::size_t> Invoke(TenantHandle tenant, LiveTarget target, std::string method,
                                  std::string argument) override;
  async::Task<std::size_t> InvokeNewest(TenantHandle tenant, LiveTarget target, std::string method,
                                        std::string argument, std::string key) override;
  async::Task<Taken> Give(TenantHandle tenant, LiveTarget target, std::string method,
                          std::string argument, Taken before) override;
  async::Task<std::size_t> CountOf(TenantHandle tenant, LiveTarget target) override;
  async::Task<std::size_t> ConnectionsThatGot(TenantHandle tenant, Position event) override;

  /// Puts a newer record of a tenant in force on all threads before it returns.
  async::Task<void> Refresh(TenantHandle tenant);
  /// Gives a connection of I/O thread `io` what its user's `session` had, wherever that is now: in
  /// another connection, which ends; left by one; or kept by an agent before this one.
  async::Task<Result<Resumed>> Resume(std::size_t io, ClientPtr client, std::string session);
  /// Ends the clients that `chosen` chooses, which is called on the I/O threads: revoked tokens,
  /// suspended tenants. How many they were.
  async::Task<std::size_t> DisconnectWhere(HubShard::Chooser chosen, Farewell farewell);
  /// Tells all clients to come again, each at a moment of its own within `window`, and returns when
  /// they are gone, at most a second after the window.
  async::Task<void> Drain(Clock::Duration window);
  async::Task<void> Stop();

  /// Connections and event streams that are open.
  std::size_t clients() const { return clients_.load(std::memory_order_relaxed); }

 private:
  async::Task<void> WaitForNobody(Clock::Duration limit);

  async::Runtime& runtime_;
  SessionKeeper& keeper_;
  std::atomic<std::size_t> clients_{0};
  std::vector<std::unique_ptr<HubShard>> shards_;
};

}  // namespace notify::agent::hub
