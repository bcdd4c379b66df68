#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "agent/consumer/consumers.hpp"
#include "agent/pipeline/delivery_loop.hpp"

namespace notify::agent::pipeline {

/// Which dead letters are meant.
struct DeadLetterFilter {
  enum class Kind : std::uint8_t {
    kAny,
    kConsumer,  ///< Events that a consumer did not get done.
    kDelivery,  ///< Notifications that a channel could not deliver.
  };
  Kind kind = Kind::kAny;
  std::string consumer;  ///< Of this consumer only; kConsumer then.
};

/// A part of the list, oldest failure first.
struct DeadLetterPage {
  std::vector<std::string> items;  ///< JSON texts.
  std::string next;                ///< Where to go on; empty at the end.
};

/// The dead letters of consumers and of deliveries as one list. Both stages keep their own; this is
/// the only place that knows both.
///
/// Lifetime: as the agent; consumers and loop outlive it.
/// Threads:  any executor; answers come on the caller's.
class DeadLetters {
 public:
  DeadLetters(DeliveryParts parts, DeliveryLoop& loop, consumer::Consumers& consumers)
      : parts_(parts), loop_(loop), consumers_(consumers) {}

  /// kInvalidArgument: `cursor` is not one that a page gave.
  async::Task<Result<DeadLetterPage>> List(TenantHandle tenant, DeadLetterFilter filter,
                                           std::string cursor, std::size_t limit);
  /// With its event, or what is known of the delivery. kNotFound.
  async::Task<Result<std::string>> Get(TenantHandle tenant, std::string id);

  /// Gives one back to its consumer, or to its channel with all attempts. As JSON.
  ///
  /// kNotFound  there is none of that id.
  /// kConflict  it cannot be tried again: the consumer is gone, nothing could be rendered.
  async::Task<Result<std::string>> Retry(TenantHandle tenant, std::string id);
  /// The same for all that match and can be; how many.
  async::Task<Result<std::size_t>> RetryAll(TenantHandle tenant, DeadLetterFilter filter);

  /// Removes one for good. kNotFound.
  async::Task<Status> Purge(TenantHandle tenant, std::string id);
  /// The same for all that match; how many.
  async::Task<Result<std::size_t>> PurgeAll(TenantHandle tenant, DeadLetterFilter filter);

 private:
  /// One of either kind, for the order of the list.
  struct Letter {
    std::int64_t failed_ms = 0;
    std::string id;
    std::string json;
  };
  /// Behind which letter a page begins.
  struct After {
    std::int64_t failed_ms = -1;
    std::string id;
  };

  Result<std::vector<Letter>> PageHere(const TenantHandle& tenant, const DeadLetterFilter& filter,
                                       const After& after, std::size_t limit);
  Result<std::string> GetHere(const TenantHandle& tenant, const std::string& id);
  Status RetryHere(const TenantHandle& tenant, const std::string& id);
  Status PurgeHere(const TenantHandle& tenant, const std::string& id);
  async::Task<Result<std::size_t>> EachHere(TenantHandle tenant, DeadLetterFilter filter,
                                            bool purge);
  Result<std::size_t> SomeHere(const TenantHandle& tenant, const std::vector<Letter>& letters,
                               bool purge);

  const DeliveryParts parts_;
  DeliveryLoop& loop_;
  consumer::Consumers& consumers_;
};

}  // namespace notify::agent::pipeline
