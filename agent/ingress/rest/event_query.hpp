#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/eventlog/event_log.hpp"
#include "agent/ingress/rest/time_range.hpp"
#include "agent/schema/upcasting.hpp"
#include "common/model/event_json.hpp"

namespace notify::agent::ingress::rest {

/// What a reader of events wants to see. Empty members let everything pass.
struct EventFilter {
  std::vector<std::string> types;  ///< Types, or prefixes as in `fx.*`.
  std::string subject;
  std::string stream;
  std::string userid;
  std::string topic;
  schema::UpcastersPtr upcasters;  ///< Lift what is shown; null: as it is stored.

  bool Matches(const EventView& event) const;
};

/// The filter of a request's query; `type` may repeat, or hold several with commas.
EventFilter EventFilterOf(const Call& call);

/// Appends the envelope of a stored event, lifted by `upcasters` unless they are null.
void AppendShown(std::string& out, const schema::Upcasters* upcasters, const EventView& event,
                 const EventStamp& stamp);

/// A cursor into a list of events, by its name: its place is the position that the page ended at,
/// so that it outlives restarts. kInvalidArgument as from CursorPlace.
std::string PositionCursor(const Call& call, std::string_view list, Position position);
Result<std::optional<Position>> PositionCursorOf(const Call& call, std::string_view list);

/// One event that a query found.
struct FoundEvent {
  Position position;
  std::string envelope;
};

/// What a query came to.
struct EventPage {
  std::vector<FoundEvent> events;  ///< Ascending.
  Position after;                  ///< The last event looked at.
  bool more = false;               ///< Whether events follow that were not looked at.
};

/// Reads events that match, from the log of a tenant.
///
/// Lifetime: as the agent.
/// Threads:  any executor.
class EventQuery {
 public:
  explicit EventQuery(eventlog::EventLog& log) : log_(log) {}

  /// The first `limit` events of the range that match. kGap where `after` cannot be gone on from.
  async::Task<Result<EventPage>> First(TenantHandle tenant, TimeRange range, EventFilter filter,
                                       std::size_t limit);

  /// The last `limit` events of the range that match.
  async::Task<Result<EventPage>> Last(TenantHandle tenant, TimeRange range, EventFilter filter,
                                      std::size_t limit);

  /// Calls `each` for every event of the range that matches, in order, until it returns false, and
  /// waits for `each_page` after some hundreds of them; what that fails with is the error.
  using Each = std::function<bool(const EventView&, const CommittedBatch&, Position)>;
  using EachPage = std::function<async::Task<Status>()>;
  async::Task<Result<Position>> Walk(TenantHandle tenant, TimeRange range, EventFilter filter,
                                     Each each, EachPage each_page = nullptr);

 private:
  async::Task<Result<Position>> Start(TenantHandle tenant, TimeRange range);

  eventlog::EventLog& log_;
};

}  // namespace notify::agent::ingress::rest
