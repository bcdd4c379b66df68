#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "agent/eventlog/event_log.hpp"
#include "agent/pipeline/own_events.hpp"
#include "agent/schedule/schedule_store.hpp"
#include "agent/store/tenant_database.hpp"
#include "agent/telemetry/metrics.hpp"

namespace notify::agent::pipeline {

/// Moves what is due from a tenant's schedule into its log, one bounded turn at a time.
///
/// First it is noted that events are on their way, then they are appended, then that they are
/// there. Whatever is on its way after a crash is looked for in the log, however long ago that was:
/// so no event is lost, and none enters twice.
///
/// Lifetime: as the agent.
/// Threads:  the platform executor; one turn of a tenant at a time.
class ScheduledSending {
 public:
  /// All of it outlives the object.
  struct Parts {
    async::Runtime& runtime;
    eventlog::EventLog& log;
    OwnEvents& own_events;
    store::TenantDatabases& databases;
    const telemetry::Metrics& metrics;
  };
  /// What one turn sends at most.
  static constexpr std::size_t kTurnEvents = 256;
  static constexpr std::size_t kTurnBytes = 256 * 1024;
  /// How long an event is remembered after it has ended.
  static constexpr auto kKeepEnded = std::chrono::hours(24 * 7);

  /// What a turn leaves.
  struct Left {
    schedule::ScheduleStore::Usage ended;  ///< What no longer waits.
    std::optional<std::int64_t> next_due_ms;
  };

  explicit ScheduledSending(Parts parts) : parts_(parts) {}

  /// Sends what is due, at most one turn of it. `recovered` is off before the first turn, and after
  /// one that could not find out how it ended. On an error nothing is lost.
  async::Task<Result<Left>> Turn(TenantHandle tenant, bool& recovered);

  /// The tenant's state.db with the schedule's tables.
  Result<store::Database*> OpenState(const TenantHandle& tenant) {
    return parts_.databases.Open(tenant, schedule::ScheduleStore::kSchema);
  }

 private:
  using Events = std::vector<schedule::ScheduledEvent>;

  async::Task<Status> Recover(TenantHandle tenant);
  Result<Events> Take(const TenantHandle& tenant, Left& left);
  async::Task<Status> Send(TenantHandle tenant, Events events, bool& recovered);
  /// Writes how the events ended, or that they wait again where they are pending.
  Status Write(const TenantHandle& tenant, const Events& events);
  void Count(const TenantHandle& tenant, const Events& events, std::size_t fresh) const;
  std::int64_t NowMs() const;

  const Parts parts_;
};

}  // namespace notify::agent::pipeline
