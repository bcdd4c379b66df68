#include "agent/ingress/rest/processing_operations.hpp"

#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "agent/auth/roles.hpp"
#include "agent/ingress/rest/audit_note.hpp"
#include "agent/ingress/rest/event_lookup.hpp"
#include "agent/ingress/rest/event_status_list.hpp"
#include "common/json_text.hpp"
#include "common/model/rfc3339.hpp"

namespace notify::agent::ingress::rest {
namespace {

using nlohmann::ordered_json;
using schedule::State;

constexpr auto kDefaultWindow = std::chrono::hours(1);

std::int64_t UnixMs(Clock::WallTime time) {
  return std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
}

ordered_json PositionOf(Position position) {
  return {{"epoch", position.epoch.value}, {"sequence", position.sequence.value}};
}

/// `{key: value}` of the rows of a metric, and their sum.
struct Counted {
  ordered_json by_key = ordered_json::object();
  std::uint64_t sum = 0;
};

class Processing {
 public:
  explicit Processing(ProcessingParts parts)
      : parts_(parts),
        lookup_(parts.log, parts.scheduling),
        list_(parts.log, parts.scheduling, parts.processing, parts.clock) {}

  async::Task<Result<Response>> List(Call& call) { return list_.List(call); }

  async::Task<Result<Response>> Get(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    const RoleSet roles = call.caller.principal.roles();
    if (!auth::Allows(roles, auth::Permission::kReadEvents) &&
        !auth::Allows(roles, auth::Permission::kReadOwnAnswers)) {
      co_return Fail(Errc::kForbidden, "The role does not allow reading what became of events.");
    }
    auto found = co_await lookup_.Find(call, *tenant);
    if (!found) co_return found.error();
    if (found->scheduled) co_return Json(EventStatusJson(*found->scheduled));
    std::vector<Position> positions = {found->position};
    auto standings = co_await parts_.processing.Standings(*tenant, std::move(positions));
    if (!standings) co_return standings.error();
    EventView event;
    ReadRecord(found->batch->events.Record(found->index), event);
    co_return Json(EventStatusJson(event, found->position, found->batch->RecordedMs(found->index),
                                   standings->front()));
  }

  async::Task<Result<Response>> Cancel(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    const std::string id(call.Parameter("id"));
    auto cancelled =
        co_await parts_.scheduling.Cancel(*tenant, id, call.head().Query("source").value_or(""));
    if (!cancelled && cancelled.error().code == Errc::kNotFound) {
      auto found = co_await lookup_.Find(call, *tenant);
      if (found) {
        cancelled = Fail(Errc::kConflict,
                         "The event is in the log, at " + found->position.ToString() +
                             ": only one that waits for its 'scheduledat' can be cancelled.");
      } else {
        cancelled = found.error();
      }
    }
    Note(parts_.audit, call, "event.cancel", id, cancelled);
    if (!cancelled) co_return cancelled.error();
    co_return Json(EventStatusJson(*cancelled));
  }

  async::Task<Result<Response>> Retry(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    const std::string id(call.Parameter("id"));
    auto retried = co_await RetryOf(call, *tenant);
    Note(parts_.audit, call, "event.retry", id, retried);
    if (!retried) co_return retried.error();
    std::string body = "{\"id\":";
    AppendJsonString(body, id);
    co_return Json(
        body + ",\"status\":\"PROCESSING\",\"retried\":" + std::to_string(*retried) + "}", 202);
  }

  async::Task<Result<Response>> Metrics(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    if (!parts_.analytics_on) {
      co_return Fail(Errc::kFeatureDisabled, "Analytics are switched off.",
                     "Set analytics.enabled and advanced.analytics.enabled to true.");
    }
    const Clock::WallTime now = parts_.clock.WallNow();
    auto range = TimeRangeOf(call, now);
    if (!range) co_return range.error();
    const Clock::WallTime since = range->since.value_or(now - kDefaultWindow);
    const Clock::WallTime until = range->until.value_or(now);
    if (until <= since) {
      co_return Fail(Errc::kInvalidArgument, "'until' must be after 'since'.");
    }
    const std::int64_t since_ms = UnixMs(since);
    const std::int64_t until_ms = UnixMs(until);
    ordered_json body;
    body["since"] = FormatRfc3339(since);
    body["until"] = FormatRfc3339(until);
    if (auto told = co_await TellCounts(*tenant, since_ms, until_ms, body); !told) {
      co_return told.error();
    }
    if (auto told = co_await TellProgress(*tenant, since_ms, body); !told) co_return told.error();
    if (auto told = co_await TellSchedule(*tenant, body); !told) co_return told.error();
    co_return Json(body.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
  }

 private:
  async::Task<Result<std::int64_t>> RetryOf(Call& call, TenantHandle tenant) {
    auto found = co_await lookup_.Find(call, tenant);
    if (!found) co_return found.error();
    if (found->scheduled) {
      co_return Fail(Errc::kConflict, "The event is not in the log (" +
                                          std::string(StateName(found->scheduled->state)) +
                                          "), so that nothing of it can have failed.");
    }
    co_return co_await parts_.processing.Retry(tenant, found->position, std::move(found->envelope));
  }

  async::Task<Result<Counted>> CountOf(TenantHandle tenant, projection::Metric metric,
                                       std::int64_t since_ms, std::int64_t until_ms) {
    projection::MetricQuery query;
    query.metric = metric;
    query.by_key = true;
    query.since_ms = since_ms;
    query.until_ms = until_ms;
    std::vector<TenantHandle> tenants = {tenant};
    auto answer = co_await parts_.projection.Query(std::move(tenants), query);
    if (!answer) co_return answer.error();
    Counted counted;
    const auto parsed = ordered_json::parse(*answer, nullptr, false);
    const std::string key(KeyName(metric));
    for (const auto& row : parsed.at("rows")) {
      const auto value = row.at("value").get<std::uint64_t>();
      counted.by_key[row.at(key).get<std::string>()] = value;
      counted.sum += value;
    }
    co_return counted;
  }

  async::Task<Status> TellCounts(TenantHandle tenant, std::int64_t since_ms, std::int64_t until_ms,
                                 ordered_json& body) {
    auto events = co_await CountOf(tenant, projection::Metric::kEvents, since_ms, until_ms);
    if (!events) co_return events.error();
    auto made = co_await CountOf(tenant, projection::Metric::kNotifications, since_ms, until_ms);
    if (!made) co_return made.error();
    auto ended = co_await CountOf(tenant, projection::Metric::kDeliveries, since_ms, until_ms);
    if (!ended) co_return ended.error();
    const double seconds = static_cast<double>(until_ms - since_ms) / 1000;
    body["events"] = {{"accepted", events->sum},
                      {"perSecond", static_cast<double>(events->sum) / seconds},
                      {"byType", std::move(events->by_key)}};
    body["notifications"] = {{"created", made->sum}, {"byChannel", std::move(made->by_key)}};
    const auto failed = ended->by_key.value("FAILED", std::uint64_t{0});
    ordered_json rate;
    if (ended->sum > 0) {
      rate = static_cast<double>(ended->sum - failed) / static_cast<double>(ended->sum);
    }
    body["deliveries"] = {{"ended", ended->sum},
                          {"byStatus", std::move(ended->by_key)},
                          {"successRate", std::move(rate)}};
    co_return Status();
  }

  async::Task<Status> TellProgress(TenantHandle tenant, std::int64_t since_ms, ordered_json& body) {
    const auto head = co_await parts_.log.Head(tenant);
    if (!head) co_return head.error();
    const auto progress = co_await parts_.processing.Look(tenant, since_ms);
    if (!progress) co_return progress.error();
    const Position last{head->epoch, head->last};
    const std::uint64_t seen =
        progress->cursor.epoch == head->epoch ? progress->cursor.sequence.value : 0;
    body["processing"] = {{"head", PositionOf(last)},
                          {"position", PositionOf({head->epoch, Sequence{seen}})},
                          {"lag", last.sequence.value > seen ? last.sequence.value - seen : 0}};
    auto& deliveries = body["deliveries"];
    deliveries["pending"] = progress->pace.pending;
    ordered_json average;
    ordered_json longest;
    if (progress->pace.timed > 0) {
      average = progress->pace.average_ms / 1000;
      longest = static_cast<double>(progress->pace.longest_ms) / 1000;
    }
    deliveries["averageSeconds"] = std::move(average);
    deliveries["longestSeconds"] = std::move(longest);
    co_return Status();
  }

  async::Task<Status> TellSchedule(TenantHandle tenant, ordered_json& body) {
    const auto overview = co_await parts_.scheduling.Counts(tenant);
    if (!overview) co_return overview.error();
    ordered_json scheduled = ordered_json::object();
    for (const State state : {State::kPending, State::kProcessing, State::kCompleted,
                              State::kFailed, State::kCancelled}) {
      const auto count = overview->counts.find(state);
      scheduled[std::string(StateName(state))] =
          count == overview->counts.end() ? 0 : count->second;
    }
    ordered_json next;
    if (overview->next_due_ms) {
      std::string text;
      AppendRfc3339(text, *overview->next_due_ms);
      next = std::move(text);
    }
    scheduled["nextAt"] = std::move(next);
    body["scheduled"] = std::move(scheduled);
    co_return Status();
  }

  const ProcessingParts parts_;
  EventLookup lookup_;
  EventStatusList list_;
};

}  // namespace

void AddProcessingOperations(Operations& operations, ProcessingParts parts) {
  // Shared by the operations, which live as long as the server.
  auto shared = std::make_shared<Processing>(parts);
  operations.Add("listEventStatus", [shared](Call& call) { return shared->List(call); });
  operations.Add("getEventStatus", [shared](Call& call) { return shared->Get(call); });
  operations.Add("getEventMetrics", [shared](Call& call) { return shared->Metrics(call); });
  operations.Add("retryEvent", [shared](Call& call) { return shared->Retry(call); });
  operations.Add("cancelEvent", [shared](Call& call) { return shared->Cancel(call); });
}

}  // namespace notify::agent::ingress::rest
