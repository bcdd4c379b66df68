#include "agent/pipeline/event_processing.hpp"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "agent/async/run_on.hpp"
#include "agent/pipeline/send_request.hpp"
#include "agent/trigger/trigger_store.hpp"
#include "common/model/json_pointer.hpp"

namespace notify::agent::pipeline {
namespace {

using delivery::Delivery;
using delivery::DeliveryQueue;
using nlohmann::json;

constexpr std::size_t kMostRetried = 10'000;

}  // namespace

Result<Position> EventProcessing::CursorHere(const TenantHandle& tenant, store::Database& state) {
  if (const auto known = loop_.CursorOf(tenant)) return *known;
  return DeliveryQueue(state, tenant, parts_.runtime.random()).Cursor();
}

async::Task<Result<std::vector<EventProcessing::Standing>>> EventProcessing::Standings(
    TenantHandle tenant, std::vector<Position> events) {
  async::CallOn here(parts_.runtime.platform(), [&] { return StandingsHere(tenant, events); });
  co_return co_await here;
}

Result<std::vector<EventProcessing::Standing>> EventProcessing::StandingsHere(
    const TenantHandle& tenant, const std::vector<Position>& events) {
  auto state = OpenState(parts_.databases, tenant);
  if (!state) return state.error();
  auto cursor = CursorHere(tenant, **state);
  if (!cursor) return cursor.error();
  DeliveryQueue queue(**state, tenant, parts_.runtime.random());
  std::vector<Standing> standings;
  for (const Position& event : events) {
    auto counts = queue.CountsOfEvent(event);
    if (!counts) return counts.error();
    nlohmann::ordered_json deliveries = nlohmann::ordered_json::object();
    std::int64_t all = 0;
    for (const auto& [where, count] : *counts) {
      deliveries[std::string(StateName(where))] = count;
      all += count;
    }
    Standing standing{"COMPLETED", {}};
    if (*cursor < event) {
      standing.status = "PENDING";
    } else if (counts->contains(delivery::State::kPending)) {
      standing.status = "PROCESSING";
    } else if (counts->contains(delivery::State::kFailed)) {
      standing.status = "FAILED";
    }
    standing.members =
        "\"notifications\":" + std::to_string(all) + ",\"deliveries\":" + deliveries.dump();
    standings.push_back(std::move(standing));
  }
  return standings;
}

async::Task<Result<std::int64_t>> EventProcessing::Retry(TenantHandle tenant, Position event,
                                                         std::string envelope) {
  async::CallOn here(parts_.runtime.platform(), [&] { return RetryHere(tenant, event, envelope); });
  co_return co_await here;
}

Result<std::int64_t> EventProcessing::RetryHere(const TenantHandle& tenant, Position event,
                                                const std::string& envelope) {
  auto state = OpenState(parts_.databases, tenant);
  if (!state) return state.error();
  DeliveryQueue queue(**state, tenant, parts_.runtime.random());
  auto failed = queue.FailedOfEvent(event, kMostRetried);
  if (!failed) return failed.error();
  if (failed->empty()) {
    return Fail(Errc::kConflict, "Nothing of this event failed.",
                "notifyctl event status ID shows where its deliveries stand.");
  }
  const json parsed = json::parse(envelope, nullptr, false);
  const std::int64_t now_ms = UnixMs(parts_.runtime.clock().WallNow());
  std::int64_t retried = 0;
  std::optional<Error> why_not;
  auto written = (*state)->Transaction([&]() -> Status {
    for (const Delivery& one : *failed) {
      Delivery again = one;
      again.id = DerivedUuid("retry|" + one.id);
      again.state = delivery::State::kPending;
      again.attempts = 0;
      again.last_error.clear();
      again.created_ms = again.updated_ms = again.next_at_ms = now_ms;
      if (again.payload.rendered.empty()) {
        if (auto rendered = RenderAgain(tenant, **state, parsed, again); !rendered) {
          if (!why_not) why_not = rendered.error();
          continue;
        }
      }
      if (auto taken = queue.TakeOver(one.id, again); !taken) return taken;
      ++retried;
    }
    return {};
  });
  if (!written) return written.error();
  if (retried == 0) return std::move(*why_not);
  loop_.Kick(tenant);
  return retried;
}

Status EventProcessing::RenderAgain(const TenantHandle& tenant, store::Database& state,
                                    const json& envelope, Delivery& again) {
  render::RenderRequest request{.notification = again.notification,
                                .rule = again.rule,
                                .channel = again.channel,
                                .recipient = again.recipient};
  json shown = envelope;
  if (!again.rule.empty()) {
    auto rule = trigger::TriggerStore(state, tenant, parts_.runtime.random()).Get(again.rule);
    if (!rule) return rule.error();
    request.template_id = rule->template_id;
    again.payload.secret = std::move(rule->audience.secret);
  } else {
    const json* data = FindByPointer(envelope, "/data");
    auto asked = data == nullptr ? Result<SendRequest>(Fail(Errc::kInvalidEvent, "No request."))
                                 : FromRequestedData(*data);
    if (!asked) return asked.error();
    if (asked->audience.kind == Audience::Kind::kWebhook) {
      return Fail(Errc::kConflict, "The secret of the request's webhook is no longer kept.",
                  "Send the notification again.");
    }
    request.template_id = asked->template_id;
    request.test = asked->test;
    shown["data"] = json::parse(asked->data_json, nullptr, false);
  }
  auto rendered = parts_.renderer.Render(state, tenant, request, shown);
  if (!rendered) return rendered.error();
  again.payload.rendered = std::move(rendered->json);
  again.payload.title = std::move(rendered->title);
  again.payload.body = std::move(rendered->body);
  return {};
}

async::Task<Result<EventProcessing::Progress>> EventProcessing::Look(TenantHandle tenant,
                                                                     std::int64_t since_ms) {
  async::CallOn here(parts_.runtime.platform(), [&]() -> Result<Progress> {
    auto state = OpenState(parts_.databases, tenant);
    if (!state) return state.error();
    auto cursor = CursorHere(tenant, **state);
    if (!cursor) return cursor.error();
    auto pace = DeliveryQueue(**state, tenant, parts_.runtime.random()).Timing(since_ms);
    if (!pace) return pace.error();
    return Progress{*cursor, *pace};
  });
  co_return co_await here;
}

}  // namespace notify::agent::pipeline
