#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/flow/tenant_handle.hpp"
#include "agent/schedule/scheduled_event.hpp"
#include "agent/store/database.hpp"
#include "common/random.hpp"

namespace notify::agent::schedule {

/// One tenant's scheduled events, in its state.db. Events are sealed with the tenant's key; what
/// they are found by is a keyed hash. One that has ended stays without its data, for a while, so
/// that its id stays taken and its status can be asked for.
///
/// Lifetime: short; refers to the database and to `random`.
/// Threads:  that of the database.
class ScheduleStore {
 public:
  /// Its tables in state.db.
  static const store::StageSchema kSchema;

  ScheduleStore(store::Database& state, TenantHandle tenant, Random& random)
      : state_(state), tenant_(std::move(tenant)), random_(random) {}

  /// What waits, or is on its way.
  struct Usage {
    std::int64_t events = 0;
    std::int64_t bytes = 0;
  };
  Result<Usage> Used();

  /// The event with the duplicate key of `record`: its idempotency key, else its source and id.
  Result<std::optional<ScheduledEvent>> FindSame(std::string_view record);
  /// Adds what FindSame does not find.
  Status Add(std::string_view record, std::int64_t due_ms, std::int64_t now_ms);

  /// What is due, the earliest first and those of one moment in the order of acceptance: at most
  /// `limit` events, and `max_bytes` but at least one.
  Result<std::vector<ScheduledEvent>> Due(std::int64_t now_ms, std::size_t limit,
                                          std::size_t max_bytes);
  /// When the earliest is due, Unix ms; nothing where none waits.
  Result<std::optional<std::int64_t>> NextDue();
  /// What was on its way when the agent ended, in the order that it was sent in.
  Result<std::vector<ScheduledEvent>> Processing(std::size_t limit);

  /// A pending event is on its way, or waits again.
  Status Begin(const ScheduledEvent& event, std::int64_t now_ms);
  Status Return(const ScheduledEvent& event, std::int64_t now_ms);
  /// How an event ended: `event.state`, `position` and `detail` are written, its data is dropped.
  Status End(const ScheduledEvent& event, std::int64_t now_ms);

  /// The newest event with this id, of `source` where one is given.
  Result<std::optional<ScheduledEvent>> Find(std::string_view id, std::string_view source);

  /// Behind which event a list goes on.
  struct Place {
    std::int64_t due_ms = 0;
    std::int64_t number = 0;
  };
  /// By the time they are due, of the `states` given (a bit each, 1 << State), behind `after`.
  Result<std::vector<ScheduledEvent>> List(unsigned states, Place after, std::size_t limit);
  /// How many stand where.
  Result<std::map<State, std::int64_t>> Counts();

  /// Forgets what ended before `before_ms`, at most `limit` of it.
  Status Forget(std::int64_t before_ms, std::int64_t limit);

 private:
  Result<std::vector<ScheduledEvent>> Select(std::string_view rest,
                                             std::initializer_list<store::Parameter> parameters,
                                             std::size_t max_bytes = SIZE_MAX);
  Status SetState(const ScheduledEvent& event, State from, State to, std::int64_t now_ms);
  std::string Hash(std::string_view kind, std::string_view text) const;
  std::string KeyOf(std::string_view record) const;
  std::string Context(std::string_view key) const;

  store::Database& state_;
  const TenantHandle tenant_;
  Random& random_;
};

}  // namespace notify::agent::schedule
