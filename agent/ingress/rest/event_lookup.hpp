#pragma once

#include <optional>
#include <string>

#include "agent/eventlog/event_log.hpp"
#include "agent/ingress/rest/call.hpp"
#include "agent/pipeline/scheduling.hpp"

namespace notify::agent::ingress::rest {

/// An event that was asked for by its id.
struct NamedEvent {
  /// Where it stands in the schedule, if it is not (or not any more) in the log.
  std::optional<schedule::ScheduledEvent> scheduled;
  BatchPtr batch;  ///< Of the log; null where it is not there.
  std::size_t index = 0;
  Position position;
  std::string envelope;
};

/// Finds the event of `{id}`, of `?source=` where the query has one: the newest. One that waits for
/// its time is newer than any in the log; one whose wait ended otherwise is found where the log has
/// none. kNotFound.
///
/// Lifetime: as the agent.
/// Threads:  any executor.
class EventLookup {
 public:
  EventLookup(eventlog::EventLog& log, pipeline::Scheduling& scheduling)
      : log_(log), scheduling_(scheduling) {}

  async::Task<Result<NamedEvent>> Find(Call& call, TenantHandle tenant);

 private:
  eventlog::EventLog& log_;
  pipeline::Scheduling& scheduling_;
};

}  // namespace notify::agent::ingress::rest
