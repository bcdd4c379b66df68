#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/consumer/dead_letter.hpp"
#include "agent/flow/tenant_handle.hpp"
#include "agent/store/database.hpp"
#include "common/random.hpp"

namespace notify::agent::consumer {

/// The dead letters of one tenant's consumers in its state.db (kConsumerSchema). Events are sealed
/// with the tenant's key.
///
/// Lifetime: short; refers to the database and to `random`.
/// Threads:  that of the database.
class DeadLetterStore {
 public:
  /// As many as a tenant may have. A consumer whose event would be one more waits for room.
  static constexpr std::int64_t kMost = 10'000;
  /// Of the hub's durable subscriptions (`hub/…`), beside those; the oldest goes for a newer one.
  static constexpr std::int64_t kMostOfHub = 1'000;

  DeadLetterStore(store::Database& state, TenantHandle tenant, Random& random)
      : state_(state), tenant_(std::move(tenant)), random_(random) {}

  /// Adds one, or replaces that of the same event. kConflict where there are kMost.
  Status Add(const DeadLetter& letter);
  /// With its record. kNotFound.
  Result<DeadLetter> Get(std::string_view id);
  /// Those behind (`failed_ms`, `id`) in the order of the two, without records; of one consumer
  /// where it is not empty.
  Result<std::vector<DeadLetter>> List(std::string_view consumer, std::int64_t failed_ms,
                                       std::string_view id, std::size_t limit);
  /// Those that were given back to a consumer, without records.
  Result<std::vector<DeadLetter>> Retrying(std::string_view consumer);

  /// Gives one back to its consumer; false where it already was, or is not there.
  Result<bool> GiveBack(std::string_view id);
  /// Counts one more attempt of one that was given back, which is dead again where `dead`.
  Status FailedAgain(std::string_view id, bool dead, std::int64_t now_ms);
  /// Whether it was there.
  Result<bool> Remove(std::string_view id);

 private:
  Result<std::vector<DeadLetter>> Select(std::string_view where,
                                         std::initializer_list<store::Parameter> parameters,
                                         bool with_record);
  std::string Context(std::string_view id) const;

  store::Database& state_;
  const TenantHandle tenant_;
  Random& random_;
};

}  // namespace notify::agent::consumer
