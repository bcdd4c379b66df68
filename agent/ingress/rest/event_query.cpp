#include "agent/ingress/rest/event_query.hpp"

#include <algorithm>
#include <utility>

#include "agent/ingress/rest/list_cursor.hpp"

namespace notify::agent::ingress::rest {
namespace {

constexpr std::size_t kReadBytes = 256 << 10;

std::int64_t UnixMs(Clock::WallTime time) {
  return std::chrono::ceil<std::chrono::milliseconds>(time).time_since_epoch().count();
}

Error GapError(const Gap& gap) {
  Error error = Fail(Errc::kGap,
                     "Events cannot be read right after " + gap.requested.ToString() + " (" +
                         std::string(GapReasonName(gap.reason)) + ").",
                     "Go on after " + gap.resumed_after.ToString() + ".");
  error.errors.push_back({"/after", GapJson(gap), 0});
  return error;
}

}  // namespace

EventFilter EventFilterOf(const Call& call) {
  const RequestHead& head = call.head();
  EventFilter filter;
  for (const std::string& value : head.QueryAll("type")) {
    // A parameter may repeat, or hold several types with commas.
    std::size_t begin = 0;
    while (begin <= value.size()) {
      const std::size_t comma = std::min(value.find(',', begin), value.size());
      if (comma > begin) filter.types.push_back(value.substr(begin, comma - begin));
      begin = comma + 1;
    }
  }
  filter.subject = head.Query("subject").value_or("");
  filter.stream = head.Query("stream").value_or("");
  filter.userid = head.Query("userid").value_or("");
  filter.topic = head.Query("topic").value_or("");
  return filter;
}

void AppendShown(std::string& out, const schema::Upcasters* upcasters, const EventView& event,
                 const EventStamp& stamp) {
  if (upcasters == nullptr || upcasters->Find(event.type) == nullptr) {
    AppendEnvelope(out, event, stamp);
    return;
  }
  EventView lifted = event;
  schema::LiftedParts parts;
  upcasters->Lift(lifted, stamp.recorded_ms, parts);
  AppendEnvelope(out, lifted, stamp);
}

std::string PositionCursor(const Call& call, std::string_view list, Position position) {
  return NextCursor(call, list, position.ToString());
}

Result<std::optional<Position>> PositionCursorOf(const Call& call, std::string_view list) {
  const auto place = CursorPlace(call, list);
  if (!place) return place.error();
  if (!*place) return std::optional<Position>();
  if (const auto position = Position::Parse(**place)) return std::optional(*position);
  return Fail(Errc::kInvalidArgument, "'cursor' is not one that the agent gave.");
}

bool EventFilter::Matches(const EventView& event) const {
  return (types.empty() || MatchesType(event.type, types)) &&
         (subject.empty() || event.subject == subject) &&
         (stream.empty() || event.stream == stream) && (userid.empty() || event.userid == userid) &&
         (topic.empty() || event.topic == topic);
}

async::Task<Result<Position>> EventQuery::Start(TenantHandle tenant, TimeRange range) {
  if (range.after) co_return *range.after;
  if (range.since) co_return co_await log_.Before(tenant, *range.since);
  co_return Position{};
}

async::Task<Result<Position>> EventQuery::Walk(TenantHandle tenant, TimeRange range,
                                               EventFilter filter, Each each, EachPage each_page) {
  auto start = co_await Start(tenant, range);
  if (!start) co_return start.error();
  Position after = *start;
  const eventlog::WantedEvents wanted{filter.types, filter.stream};
  const std::int64_t until_ms = range.until ? UnixMs(*range.until) : INT64_MAX;
  const std::int64_t since_ms = range.since ? UnixMs(*range.since) : INT64_MIN;
  while (true) {
    auto page = co_await log_.Read(tenant, after, kReadBytes, wanted);
    if (!page) co_return page.error();
    if (page->gap && range.after) co_return GapError(*page->gap);
    const Position before = std::exchange(after, page->after);
    EventView event;
    for (const BatchPtr& batch : page->batches) {
      if (batch->last_recorded_ms() < since_ms) continue;
      for (std::size_t i = 0; i < batch->events.size(); ++i) {
        const Position position{batch->epoch, Sequence{batch->first.value + i}};
        if (position.sequence <= before.sequence) continue;
        const std::int64_t recorded_ms = batch->RecordedMs(i);
        if (recorded_ms >= until_ms) co_return after;
        if (recorded_ms < since_ms) continue;
        if (!ReadRecord(batch->events.Record(i), event) || !filter.Matches(event)) continue;
        if (!each(event, *batch, position)) co_return position;
      }
    }
    if (each_page != nullptr) {
      auto pausing = each_page();
      if (auto paused = co_await std::move(pausing); !paused) co_return paused.error();
    }
    if (page->at_head) co_return after;
  }
}

async::Task<Result<EventPage>> EventQuery::First(TenantHandle tenant, TimeRange range,
                                                 EventFilter filter, std::size_t limit) {
  EventPage found;
  const std::string& name = tenant.id().text();
  const schema::UpcastersPtr upcasters = filter.upcasters;
  Each each = [&](const EventView& event, const CommittedBatch& batch, Position position) {
    if (found.events.size() == limit) {
      found.more = true;
      return false;
    }
    FoundEvent one{position, {}};
    AppendShown(
        one.envelope, upcasters.get(), event,
        {.tenant = name, .position = position, .recorded_ms = batch.RecordedMs(position.sequence)});
    found.events.push_back(std::move(one));
    return true;
  };
  auto walked = co_await Walk(tenant, range, std::move(filter), std::move(each));
  if (!walked) co_return walked.error();
  found.after = found.events.empty() ? *walked : found.events.back().position;
  co_return found;
}

async::Task<Result<EventPage>> EventQuery::Last(TenantHandle tenant, TimeRange range,
                                                EventFilter filter, std::size_t limit) {
  auto head = co_await log_.Head(tenant);
  if (!head) co_return head.error();
  auto start = co_await Start(tenant, range);
  if (!start) co_return start.error();
  const std::uint64_t first = std::max(start->sequence.value, head->first.value - 1);
  // Looks at twice as many of the newest events each time, until enough of them match.
  for (std::uint64_t window = limit;; window *= 4) {
    const std::uint64_t begin =
        head->last.value > first + window ? head->last.value - window : first;
    TimeRange tail = range;
    tail.after = Position{head->epoch, Sequence{begin}};
    EventPage found;
    const std::string& name = tenant.id().text();
    Each each = [&](const EventView& event, const CommittedBatch& batch, Position position) {
      FoundEvent one{position, {}};
      AppendShown(one.envelope, filter.upcasters.get(), event,
                  {.tenant = name,
                   .position = position,
                   .recorded_ms = batch.RecordedMs(position.sequence)});
      found.events.push_back(std::move(one));
      if (found.events.size() > limit) found.events.erase(found.events.begin());
      return true;
    };
    auto walked = co_await Walk(tenant, tail, filter, std::move(each));
    if (!walked) co_return walked.error();
    found.after = *walked;
    if (found.events.size() == limit || begin == first) co_return found;
  }
}

}  // namespace notify::agent::ingress::rest
