#include "agent/ingress/rest/event_operations.hpp"

#include <charconv>
#include <memory>
#include <utility>

#include "agent/auth/roles.hpp"
#include "common/encoding.hpp"
#include "common/json_text.hpp"
#include "common/model/event_json.hpp"
#include "common/model/rfc3339.hpp"

namespace notify::agent::ingress::rest {
namespace {

EventFilter FilterOf(const Call& call) {
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

/// A cursor is the position that the page ended at, so that it outlives restarts; its text form
/// says nothing that a caller should rely on.
std::string CursorText(Position position) { return ToBase64Url(position.ToString()); }

Result<std::optional<Position>> CursorOf(const Call& call) {
  const auto text = call.head().Query("cursor");
  if (!text) return std::optional<Position>();
  const auto decoded = FromBase64Url(*text);
  if (decoded) {
    if (const auto position = Position::Parse(*decoded)) return std::optional(*position);
  }
  return Fail(Errc::kInvalidArgument, "'cursor' is not one that the agent gave.");
}

Result<std::size_t> LastOf(const Call& call) {
  const auto text = call.head().Query("last");
  if (!text) return std::size_t{0};
  std::size_t last = 0;
  const auto [end, ec] = std::from_chars(text->data(), text->data() + text->size(), last);
  if (ec != std::errc{} || end != text->data() + text->size() || last < 1 || last > 1000) {
    return Fail(Errc::kInvalidArgument, "'last' must be a whole number from 1 to 1,000.");
  }
  return last;
}

Error NoSuchEvent(std::string_view id) {
  return Fail(Errc::kNotFound,
              "There is no event with the id '" + std::string(id.substr(0, 128)) + "'.",
              "notifyctl event list shows the newest.");
}

class Reading {
 public:
  Reading(eventlog::EventLog& log, EventOutcomes outcomes, const Clock& clock)
      : log_(log), query_(log), outcomes_(std::move(outcomes)), clock_(clock) {}

  async::Task<Result<Response>> List(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    auto range = TimeRangeOf(call, clock_.WallNow());
    if (!range) co_return range.error();
    const auto limit = LimitOf(call);
    if (!limit) co_return limit.error();
    const auto last = LastOf(call);
    if (!last) co_return last.error();
    const auto cursor = CursorOf(call);
    if (!cursor) co_return cursor.error();
    if (*cursor) range->after = **cursor;
    async::Task<Result<EventPage>> reading =
        *last > 0 ? query_.Last(*tenant, *range, FilterOf(call), *last)
                  : query_.First(*tenant, *range, FilterOf(call), *limit);
    auto page = co_await reading;
    if (!page) co_return page.error();
    std::vector<std::string> items;
    for (FoundEvent& found : page->events) items.push_back(std::move(found.envelope));
    co_return ListResponse(items, page->more ? CursorText(page->after) : std::string());
  }

  async::Task<Result<Response>> Get(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    auto found = co_await Find(call, *tenant);
    if (!found) co_return found.error();
    if (call.head().Query("outcome").value_or("") != "true") {
      co_return Json(std::move(found->envelope));
    }
    auto outcome = co_await outcomes_.outcome(*tenant, found->position, found->envelope);
    if (!outcome) co_return outcome.error();
    found->envelope.pop_back();
    co_return Json(found->envelope + ",\"outcome\":" + *outcome + "}");
  }

  async::Task<Result<Response>> Status(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    const RoleSet roles = call.caller.principal.roles();
    if (!auth::Allows(roles, auth::Permission::kReadEvents) &&
        !auth::Allows(roles, auth::Permission::kReadOwnAnswers)) {
      co_return Fail(Errc::kForbidden, "The role does not allow reading what became of events.");
    }
    auto found = co_await Find(call, *tenant);
    if (!found) co_return found.error();
    auto status = co_await outcomes_.status(*tenant, found->position);
    if (!status) co_return status.error();
    std::string body = "{\"id\":";
    AppendJsonString(body, call.Parameter("id"));
    body += ",\"position\":" + PositionJson(found->position) + ",\"recordedAt\":\"";
    AppendRfc3339(body, found->recorded_ms);
    // The delivery side's members follow its opening brace.
    body += "\"," + status->substr(1);
    co_return Json(std::move(body));
  }

 private:
  struct One {
    Position position;
    std::string envelope;
    std::int64_t recorded_ms = 0;
  };

  async::Task<Result<One>> Find(Call& call, TenantHandle tenant) {
    const std::string id(call.Parameter("id"));
    auto found = co_await log_.Find(tenant, id, call.head().Query("source").value_or(""));
    if (!found) co_return found.error();
    if (!*found) co_return NoSuchEvent(id);
    const CommittedBatch& batch = *(*found)->batch;
    EventView event;
    ReadRecord(batch.events.Record((*found)->index), event);
    One one;
    one.position = {batch.epoch, Sequence{batch.first.value + (*found)->index}};
    one.recorded_ms = batch.RecordedMs((*found)->index);
    AppendEnvelope(
        one.envelope, event,
        {.tenant = tenant.id().text(), .position = one.position, .recorded_ms = one.recorded_ms});
    co_return one;
  }

  eventlog::EventLog& log_;
  EventQuery query_;
  const EventOutcomes outcomes_;
  const Clock& clock_;
};

}  // namespace

void AddEventOperations(Operations& operations, eventlog::EventLog& log, EventOutcomes outcomes,
                        const Clock& clock) {
  // Shared by the operations, which live as long as the server.
  auto reading = std::make_shared<Reading>(log, std::move(outcomes), clock);
  operations.Add("listEvents", [reading](Call& call) { return reading->List(call); });
  operations.Add("getEvent", [reading](Call& call) { return reading->Get(call); });
  operations.Add("getEventStatus", [reading](Call& call) { return reading->Status(call); });
}

}  // namespace notify::agent::ingress::rest
