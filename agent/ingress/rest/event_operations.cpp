#include "agent/ingress/rest/event_operations.hpp"

#include <charconv>
#include <memory>
#include <utility>

#include "agent/auth/roles.hpp"
#include "agent/ingress/rest/event_export.hpp"
#include "common/json_text.hpp"
#include "common/model/event_json.hpp"
#include "common/model/rfc3339.hpp"

namespace notify::agent::ingress::rest {
namespace {

constexpr std::string_view kList = "events";
constexpr std::size_t kMostLines = 1'000'000'000'000;

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

class Reading {
 public:
  explicit Reading(EventOperationParts parts)
      : query_(parts.log),
        lookup_(parts.log, parts.scheduling),
        upcasting_(parts.upcasting),
        outcome_(std::move(parts.outcome)),
        clock_(parts.clock) {}

  async::Task<Result<Response>> List(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    auto range = TimeRangeOf(call, clock_.WallNow());
    if (!range) co_return range.error();
    const bool lines = WantsLines(call);
    const auto limit = lines ? LimitOf(call, kMostLines) : LimitOf(call);
    if (!limit) co_return limit.error();
    const auto last = LastOf(call);
    if (!last) co_return last.error();
    const auto cursor = PositionCursorOf(call, kList);
    if (!cursor) co_return cursor.error();
    if (*cursor) range->after = **cursor;
    auto upcasters = co_await UpcastersFor(call, *tenant);
    if (!upcasters) co_return upcasters.error();
    EventFilter filter = EventFilterOf(call);
    filter.upcasters = std::move(*upcasters);
    if (lines && *last == 0) {
      const std::size_t most = call.head().Query("limit") ? *limit : kMostLines;
      co_return co_await ExportEvents(call, query_, *tenant, *range, std::move(filter), most);
    }
    async::Task<Result<EventPage>> reading =
        *last > 0 ? query_.Last(*tenant, *range, std::move(filter), *last)
                  : query_.First(*tenant, *range, std::move(filter), *limit);
    auto page = co_await reading;
    if (!page) co_return page.error();
    std::vector<std::string> items;
    for (FoundEvent& found : page->events) items.push_back(std::move(found.envelope));
    co_return ListResponse(items,
                           page->more ? PositionCursor(call, kList, page->after) : std::string());
  }

  async::Task<Result<Response>> Get(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    auto upcasters = co_await UpcastersFor(call, *tenant);
    if (!upcasters) co_return upcasters.error();
    auto found = co_await lookup_.Find(call, *tenant);
    if (!found) co_return found.error();
    if (found->batch != nullptr && *upcasters != nullptr) Lift(*tenant, **upcasters, *found);
    if (found->scheduled || call.head().Query("outcome").value_or("") != "true") {
      co_return Json(std::move(found->envelope));
    }
    auto outcome = co_await outcome_(*tenant, found->position, found->envelope);
    if (!outcome) co_return outcome.error();
    found->envelope.pop_back();
    co_return Json(found->envelope + ",\"outcome\":" + *outcome + "}");
  }

 private:
  /// Null where the tenant has none, or the caller wants what is stored.
  async::Task<Result<schema::UpcastersPtr>> UpcastersFor(Call& call, TenantHandle tenant) {
    const std::string raw = call.head().Query("raw").value_or("false");
    if (raw == "true") co_return schema::UpcastersPtr();
    if (raw == "false") co_return co_await upcasting_.Of(std::move(tenant));
    co_return Fail(Errc::kInvalidArgument, "'raw' must be true or false.");
  }

  static void Lift(const TenantHandle& tenant, const schema::Upcasters& upcasters,
                   NamedEvent& found) {
    EventView event;
    ReadRecord(found.batch->events.Record(found.index), event);
    found.envelope.clear();
    AppendShown(found.envelope, &upcasters, event,
                {.tenant = tenant.id().text(),
                 .position = found.position,
                 .recorded_ms = found.batch->RecordedMs(found.index)});
  }

  EventQuery query_;
  EventLookup lookup_;
  schema::Upcasting& upcasting_;
  const EventOutcome outcome_;
  const Clock& clock_;
};

}  // namespace

void AddEventOperations(Operations& operations, EventOperationParts parts) {
  // Shared by the operations, which live as long as the server.
  auto reading = std::make_shared<Reading>(std::move(parts));
  operations.Add("listEvents", [reading](Call& call) { return reading->List(call); });
  operations.Add("getEvent", [reading](Call& call) { return reading->Get(call); });
}

}  // namespace notify::agent::ingress::rest
