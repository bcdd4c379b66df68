#include "agent/ingress/rest/event_status_list.hpp"

#include <charconv>
#include <utility>
#include <vector>

#include "agent/ingress/rest/list_cursor.hpp"
#include "common/json_text.hpp"
#include "common/model/rfc3339.hpp"

namespace notify::agent::ingress::rest {
namespace {

using schedule::ScheduledEvent;
using schedule::State;
using Place = schedule::ScheduleStore::Place;

constexpr std::size_t kRoundEvents = 1000;
// A filter that hardly anything passes ends a page all the same; its cursor goes on.
constexpr int kRounds = 5;

constexpr unsigned BitOf(State state) { return 1U << static_cast<unsigned>(state); }
constexpr unsigned kAllStates = 0x1F;
constexpr unsigned kStatesOfTheLog = kAllStates & ~BitOf(State::kCancelled);
// Of the schedule, what the log does not list.
constexpr unsigned kStatesOutsideTheLog = kAllStates & ~BitOf(State::kCompleted);

Result<unsigned> StatesOf(const Call& call) {
  unsigned states = 0;
  for (const std::string& value : call.head().QueryAll("status")) {
    std::size_t begin = 0;
    while (begin <= value.size()) {
      const std::size_t comma = std::min(value.find(',', begin), value.size());
      const std::string_view name = std::string_view(value).substr(begin, comma - begin);
      begin = comma + 1;
      if (name.empty()) continue;
      const auto state = schedule::StateFromName(name);
      if (!state) {
        return Fail(Errc::kInvalidArgument,
                    "'status' must be PENDING, PROCESSING, COMPLETED, FAILED or CANCELLED.");
      }
      states |= BitOf(*state);
    }
  }
  return states == 0 ? kAllStates : states;
}

constexpr std::string_view kList = "event-status";

std::string PlaceText(Place place) {
  return "s" + std::to_string(place.due_ms) + ":" + std::to_string(place.number);
}

/// The place in the schedule that a cursor's place names, where it is of that part of the list.
std::optional<Place> PlaceOf(const std::optional<std::string>& text) {
  if (!text || !text->starts_with('s')) return std::nullopt;
  Place place;
  const char* const end = text->data() + text->size();
  const auto due = std::from_chars(text->data() + 1, end, place.due_ms);
  if (due.ec != std::errc{} || due.ptr == end || *due.ptr != ':') return std::nullopt;
  const auto number = std::from_chars(due.ptr + 1, end, place.number);
  if (number.ec != std::errc{} || number.ptr != end) return std::nullopt;
  return place;
}

void AppendText(std::string& out, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  out += ",\"" + std::string(name) + "\":";
  AppendJsonString(out, value);
}

std::int64_t UnixMs(Clock::WallTime time) {
  return std::chrono::ceil<std::chrono::milliseconds>(time).time_since_epoch().count();
}

}  // namespace

std::string EventStatusJson(const EventView& event, Position position, std::int64_t recorded_ms,
                            const pipeline::EventProcessing::Standing& standing) {
  std::string out = "{\"id\":";
  AppendJsonString(out, event.id);
  AppendText(out, "source", event.source);
  AppendText(out, "type", event.type);
  AppendText(out, "subject", event.subject);
  AppendText(out, "userid", event.userid);
  AppendText(out, "status", standing.status);
  AppendText(out, "scheduledAt", event.scheduledat);
  out += ",\"position\":{\"epoch\":" + std::to_string(position.epoch.value) +
         ",\"sequence\":" + std::to_string(position.sequence.value) + "},\"recordedAt\":\"";
  AppendRfc3339(out, recorded_ms);
  return out + "\"," + standing.members + "}";
}

std::string EventStatusJson(const ScheduledEvent& scheduled) {
  std::string out = schedule::ScheduledEventJson(scheduled);
  out.pop_back();
  return out + ",\"recordedAt\":null,\"notifications\":0,\"deliveries\":{}}";
}

/// What the request asks for.
struct EventStatusList::Wanted {
  TimeRange range;
  EventFilter filter;
  unsigned states = kAllStates;
  std::size_t limit = 0;
  Place place{INT64_MIN, 0};
};

/// What is found so far.
struct EventStatusList::Page {
  std::vector<std::string> items;
  std::string next;  ///< The place that the next page begins at.
};

async::Task<Result<Response>> EventStatusList::List(Call& call) {
  const auto tenant = TenantOf(call);
  if (!tenant) co_return tenant.error();
  auto range = TimeRangeOf(call, clock_.WallNow());
  if (!range) co_return range.error();
  const auto limit = LimitOf(call);
  if (!limit) co_return limit.error();
  const auto states = StatesOf(call);
  if (!states) co_return states.error();
  const std::string scheduled = call.head().Query("scheduled").value_or("");
  if (!scheduled.empty() && scheduled != "true" && scheduled != "false") {
    co_return Fail(Errc::kInvalidArgument, "'scheduled' must be true or false.");
  }
  Wanted wanted{*range, EventFilterOf(call), *states, *limit, {INT64_MIN, 0}};
  Page page;
  const auto cursor = CursorPlace(call, kList);
  if (!cursor) co_return cursor.error();
  if (const auto place = PlaceOf(*cursor)) {
    wanted.place = *place;
  } else {
    if (*cursor) {
      const auto position = Position::Parse(**cursor);
      if (!position) {
        co_return Fail(Errc::kInvalidArgument, "'cursor' is not one that the agent gave.");
      }
      wanted.range.after = *position;
    }
    if (scheduled != "true" && (wanted.states & kStatesOfTheLog) != 0) {
      if (auto read = co_await FromLog(*tenant, wanted, page); !read) co_return read.error();
    }
  }
  if (page.next.empty() && scheduled != "false") {
    if (scheduled != "true") wanted.states &= kStatesOutsideTheLog;
    if (auto read = co_await FromSchedule(*tenant, wanted, page); !read) co_return read.error();
  }
  co_return ListResponse(page.items, NextCursor(call, kList, page.next));
}

async::Task<Status> EventStatusList::FromLog(const TenantHandle& tenant, Wanted& wanted,
                                             Page& page) {
  for (int round = 0; round < kRounds; ++round) {
    std::vector<Position> positions;
    struct Copy {
      std::string record;
      std::int64_t recorded_ms;
    };
    std::vector<Copy> copies;
    EventQuery::Each each = [&](const EventView& event, const CommittedBatch& batch,
                                Position position) {
      EventView bare = event;
      bare.data_kind = DataKind::kNone;
      bare.data = {};
      copies.push_back({{}, batch.RecordedMs(position.sequence)});
      AppendRecord(copies.back().record, bare);
      positions.push_back(position);
      return positions.size() < kRoundEvents;
    };
    auto walked = co_await query_.Walk(tenant, wanted.range, wanted.filter, std::move(each));
    if (!walked) co_return walked.error();
    const auto standings = co_await processing_.Standings(tenant, positions);
    if (!standings) co_return standings.error();
    for (std::size_t i = 0; i < positions.size(); ++i) {
      const auto& standing = (*standings)[i];
      const auto state = schedule::StateFromName(standing.status);
      if (!state || (wanted.states & BitOf(*state)) == 0) continue;
      if (page.items.size() == wanted.limit) {
        // Behind the last one listed, and so before this one.
        page.next =
            Position{positions[i].epoch, Sequence{positions[i].sequence.value - 1}}.ToString();
        co_return Status();
      }
      EventView event;
      ReadRecord(copies[i].record, event);
      page.items.push_back(EventStatusJson(event, positions[i], copies[i].recorded_ms, standing));
    }
    if (positions.size() < kRoundEvents) co_return Status();
    wanted.range.after = *walked;
  }
  page.next = wanted.range.after->ToString();
  co_return Status();
}

async::Task<Status> EventStatusList::FromSchedule(const TenantHandle& tenant, Wanted& wanted,
                                                  Page& page) {
  const std::int64_t since_ms = wanted.range.since ? UnixMs(*wanted.range.since) : INT64_MIN;
  const std::int64_t until_ms = wanted.range.until ? UnixMs(*wanted.range.until) : INT64_MAX;
  if (wanted.place.due_ms < since_ms) wanted.place = {since_ms, -1};
  for (int round = 0; round < kRounds; ++round) {
    auto rows = co_await scheduling_.List(tenant, wanted.states, wanted.place, kRoundEvents);
    if (!rows) co_return rows.error();
    for (const ScheduledEvent& scheduled : *rows) {
      if (scheduled.due_ms >= until_ms) co_return Status();
      EventView event;
      ReadRecord(scheduled.record, event);
      if (!wanted.filter.Matches(event)) continue;
      if (page.items.size() == wanted.limit) {
        page.next = PlaceText(wanted.place);
        co_return Status();
      }
      page.items.push_back(EventStatusJson(scheduled));
      wanted.place = {scheduled.due_ms, scheduled.number};
    }
    if (rows->size() < kRoundEvents) co_return Status();
    wanted.place = {rows->back().due_ms, rows->back().number};
  }
  page.next = PlaceText(wanted.place);
  co_return Status();
}

}  // namespace notify::agent::ingress::rest
