#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/ingress/rest/event_query.hpp"
#include "agent/pipeline/event_processing.hpp"
#include "agent/pipeline/scheduling.hpp"

namespace notify::agent::ingress::rest {

/// `{id, source, type, …, status, position, recordedAt, notifications, deliveries}` of an event of
/// the log.
std::string EventStatusJson(const EventView& event, Position position, std::int64_t recorded_ms,
                            const pipeline::EventProcessing::Standing& standing);
/// The same members of one that is not in the log.
std::string EventStatusJson(const schedule::ScheduledEvent& scheduled);

/// `GET /api/events/status`: the events of the log in its order, then those that are scheduled, by
/// the time that they are due at. So a list goes on from the past into what is to come.
///
/// Lifetime: as the agent.
/// Threads:  any executor.
class EventStatusList {
 public:
  EventStatusList(eventlog::EventLog& log, pipeline::Scheduling& scheduling,
                  pipeline::EventProcessing& processing, const Clock& clock)
      : query_(log), scheduling_(scheduling), processing_(processing), clock_(clock) {}

  async::Task<Result<Response>> List(Call& call);

 private:
  struct Wanted;
  struct Page;

  async::Task<Status> FromLog(const TenantHandle& tenant, Wanted& wanted, Page& page);
  async::Task<Status> FromSchedule(const TenantHandle& tenant, Wanted& wanted, Page& page);

  EventQuery query_;
  pipeline::Scheduling& scheduling_;
  pipeline::EventProcessing& processing_;
  const Clock& clock_;
};

}  // namespace notify::agent::ingress::rest
