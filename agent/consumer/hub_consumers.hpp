#pragma once

#include <chrono>
#include <cstddef>

#include "agent/consumer/consumers.hpp"
#include "agent/flow/durable_source.hpp"

namespace notify::agent::consumer {

/// The durable subscriptions of hub connections, as consumers of the one engine: the subscription
/// `name` of a user is the consumer `hub/<user>/<name>`. No request can name one, so nobody but the
/// user's own connections fetches from it; `consumer list` and `dlq` show it like any other.
///
/// Lifetime: as the engine, which outlives it.
/// Threads:  any executor; answers come on the caller's.
class HubConsumers final : public DurableSource {
 public:
  /// `hub.ack.*` of the configuration: what each of them is asked to be.
  struct Options {
    Clock::Duration timeout = std::chrono::seconds(30);
    int max_attempts = 8;
    std::size_t max_in_flight = 256;
    Clock::Duration expire_after = std::chrono::hours(24 * 30);
    Clock::Duration hold_for = std::chrono::hours(24);
  };

  HubConsumers(Consumers& consumers, Options options) : consumers_(consumers), options_(options) {}

  async::Task<Result<DurableBegun>> Begin(TenantHandle tenant, DurableWish wish) override;
  async::Task<Result<Fetched>> Next(TenantHandle tenant, DurableRequest request) override;
  async::Task<Status> Acknowledge(TenantHandle tenant, DurableClaim claim,
                                  Position position) override;
  async::Task<void> TakeBack(TenantHandle tenant, DurableClaim claim, Fetched rest) override;
  async::Task<void> End(TenantHandle tenant, DurableClaim claim) override;

 private:
  Result<ConsumerDraft> DraftOf(DurableWish wish) const;

  Consumers& consumers_;
  const Options options_;
};

}  // namespace notify::agent::consumer
