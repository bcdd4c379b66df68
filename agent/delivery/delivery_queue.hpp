#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/delivery/delivery.hpp"
#include "agent/flow/tenant_handle.hpp"
#include "agent/store/database.hpp"
#include "common/random.hpp"

namespace notify::agent::delivery {

/// Which deliveries; what is empty does not count.
struct DeliveryFilter {
  std::string notification;
  std::optional<Position> event;
  std::string recipient;
  std::string channel;
  std::optional<State> state;
};

/// Where a list of deliveries goes on: behind this one.
struct DeliveryPlace {
  std::int64_t created_ms = 0;
  std::string id;
};

/// Part of a list, newest first.
struct DeliveryPage {
  std::vector<Delivery> items;
  std::optional<DeliveryPlace> next;  ///< Nothing: no more behind it.
};

/// One tenant's deliveries and the position up to which its log was turned into deliveries, in its
/// state.db. Payloads are sealed with the tenant's key and dropped when they have been delivered.
///
/// Lifetime: short; refers to the database and to `random`.
/// Threads:  that of the database.
class DeliveryQueue {
 public:
  /// Its tables in state.db.
  static const store::StageSchema kSchema;

  DeliveryQueue(store::Database& state, TenantHandle tenant, Random& random)
      : state_(state), tenant_(std::move(tenant)), random_(random) {}

  /// The last event that was looked at; zero before the first.
  Result<Position> Cursor();
  Status MoveCursor(Position cursor);

  /// Adds a delivery with its payload; one that is there already stays as it is. A delivery that
  /// has ended before it began (nothing could be rendered) is to be reported like any other.
  Status Add(const Delivery& delivery);

  /// What is to be attempted now by a channel, the most urgent first, with payloads. One further
  /// away than `longest_wait_ms` was written by a clock that went back since, and is due.
  Result<std::vector<Delivery>> Due(std::string_view channel, std::int64_t now_ms,
                                    std::int64_t longest_wait_ms, std::size_t limit);
  /// When the first attempt after `now_ms` is, Unix ms; nothing where none waits.
  Result<std::optional<std::int64_t>> NextAttempt(std::int64_t now_ms);

  /// Writes what an attempt came to, and the attempt. Only a pending delivery changes: an end is an
  /// end.
  Status Record(const Delivery& delivery);

  /// What has ended and is not yet in the log, oldest first, without payloads.
  Result<std::vector<Delivery>> Unreported(std::size_t limit);
  Status MarkReported(std::string_view id);

  /// By its own id or its notification's. kNotFound.
  Result<Delivery> Get(std::string_view id);
  /// The newest that match, behind `after`. At most kMostLookedAt are looked at: a page with few
  /// that match may be short, and go on.
  Result<DeliveryPage> List(const DeliveryFilter& filter, const std::optional<DeliveryPlace>& after,
                            std::size_t limit);
  static constexpr std::size_t kMostLookedAt = 5000;
  /// The attempts of one delivery, oldest first: the last kMostAttempts of them.
  Result<std::vector<Attempt>> AttemptsOf(std::string_view id);
  static constexpr std::int64_t kMostAttempts = 100;
  Result<std::vector<Delivery>> OfEvent(Position event, std::size_t limit);
  /// How many deliveries of an event stand where, without those that another took over.
  Result<std::map<State, std::int64_t>> CountsOfEvent(Position event);

  /// What failed of an event and was not taken over, with payloads.
  Result<std::vector<Delivery>> FailedOfEvent(Position event, std::size_t limit);
  /// Adds `again`, which takes over from the failed delivery `failed`. That one stays as it ended,
  /// without its payload, and counts no more.
  Status TakeOver(std::string_view failed, const Delivery& again);

  /// How many wait, and how long the newest deliveries that ended since `since_ms` took: at most
  /// kMostTimed of them are looked at.
  struct Pace {
    std::int64_t pending = 0;
    std::int64_t timed = 0;
    double average_ms = 0;
    std::int64_t longest_ms = 0;
  };
  static constexpr std::int64_t kMostTimed = 1000;
  Result<Pace> Timing(std::int64_t since_ms);
  /// The dead letters behind (`updated_ms`, `id`) in the order of the two, without payloads.
  Result<std::vector<Delivery>> Failed(std::int64_t updated_ms, std::string_view id,
                                       std::size_t limit);
  /// Takes up one that failed, with all its attempts, from now. False where none of that id failed
  /// for good, or it could not even be rendered.
  Result<bool> Retry(std::string_view id, std::int64_t now_ms);
  /// Forgets one that failed, once the log has its end. False where it is not (yet) one.
  Result<bool> RemoveFailed(std::string_view id);

  /// Whether nothing is pending or unreported.
  Result<bool> Idle();
  /// Forgets what ended and was reported before `before_ms`, at most `limit` of it.
  Status Forget(std::int64_t before_ms, std::int64_t limit);

  /// Keeps the secret of a request's webhook until its event is looked at: the log never has it.
  Status KeepSecret(std::string_view request, const Secret& secret);
  /// The secret; empty where there is none.
  Result<Secret> SecretOf(std::string_view request);
  Status DropSecret(std::string_view request);

 private:
  Result<std::vector<Delivery>> Select(std::string_view where,
                                       std::initializer_list<store::Parameter> parameters,
                                       bool with_payload);
  Status RecordAttempt(std::string_view id, const Attempt& attempt);
  std::string Sealed(std::string_view context, std::string_view plain);
  Result<std::string> Opened(std::string_view context, std::string_view sealed);

  store::Database& state_;
  const TenantHandle tenant_;
  Random& random_;
};

}  // namespace notify::agent::delivery
