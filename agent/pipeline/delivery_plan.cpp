#include "agent/pipeline/delivery_plan.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "agent/delivery/delivery_queue.hpp"
#include "agent/inbox/item.hpp"
#include "agent/replay/copy.hpp"
#include "agent/trigger/match.hpp"
#include "common/model/event_json.hpp"
#include "common/model/json_pointer.hpp"
#include "common/model/rfc3339.hpp"

namespace notify::agent::pipeline {
namespace {

using nlohmann::json;

constexpr std::size_t kMostPlanned = 512;
constexpr std::string_view kRequested = "notification.requested";
constexpr std::string_view kInApp = "in_app";
constexpr std::string_view kUser = "user:";

// One cause, a rule or a request, with what all its deliveries have in common.
struct Cause {
  std::string rule;
  std::int64_t version = 0;
  std::string template_id;
  std::vector<std::string> channels;
  std::string priority;
  bool test = false;
};

struct EventAt {
  EventView view;
  Position position;
  std::int64_t recorded_ms = 0;
  json envelope;
};

std::string TextAt(const json& envelope, const char* name) {
  const auto member = envelope.find(name);
  return member != envelope.end() && member->is_string() ? member->get<std::string>()
                                                         : std::string();
}

bool IsSet(const json& envelope, std::string_view name) {
  const auto member = envelope.find(name);
  return member != envelope.end() && *member == true;
}

bool EndsTheDelivery(Errc code) {
  return code == Errc::kNotFound || code == Errc::kInvalidTemplate || code == Errc::kTemplateData;
}

class Planner {
 public:
  Planner(const DeliveryParts& parts, const DeliveryOptions& options, TenantWork& work, Plan& plan)
      : parts_(parts),
        options_(options),
        work_(work),
        plan_(plan),
        now_ms_(UnixMs(parts.runtime.clock().WallNow())) {}

  Status Look(const CommittedBatch& batch, std::size_t index) {
    const std::string_view record = batch.events.Record(index);
    const auto keys = ReadRecordKeys(record);
    if (!keys || !keys->fires_triggers || !Concerns(keys->type)) return {};
    EventAt event;
    // A copy that was stored by a replay starts something only where the replay says so.
    if (!ReadRecord(record, event.view) || !replay::RulesSee(event.view)) return {};
    event.position = {batch.epoch, Sequence{batch.first.value + index}};
    event.recorded_ms = batch.RecordedMs(index);
    std::string text;
    AppendEnvelope(text, event.view,
                   {.tenant = work_.tenant.id().text(),
                    .position = event.position,
                    .recorded_ms = event.recorded_ms});
    event.envelope = json::parse(text, nullptr, false);
    if (event.envelope.is_discarded()) return {};
    // A request that was imported asked another agent, at another time.
    if (event.view.type == kRequested && !keys->imported) {
      if (auto asked = PlanRequest(event); !asked) return asked;
    }
    return options_.rules_on ? PlanRules(event) : Status();
  }

 private:
  bool Concerns(std::string_view type) const {
    if (type == kRequested) return true;
    return options_.rules_on && std::ranges::any_of(work_.rules, [&](const auto& rule) {
             return rule.enabled && trigger::CoversType(rule.on, type);
           });
  }

  Status PlanRules(const EventAt& event) {
    for (const trigger::Trigger& rule : work_.rules) {
      if (!trigger::CoversType(rule.on, event.view.type)) continue;
      const Verdict verdict = Judge(rule, event.envelope, event.recorded_ms);
      if (!verdict.matched) continue;
      const Cause cause{rule.id, rule.version, rule.template_id, rule.channels, rule.priority};
      if (auto planned = PlanFor(event, cause, verdict.recipients, event.envelope); !planned) {
        return planned;
      }
    }
    return {};
  }

  Status PlanRequest(const EventAt& event) {
    const json* data = FindByPointer(event.envelope, "/data");
    auto request = data == nullptr ? Result<SendRequest>(Fail(Errc::kInvalidEvent, ""))
                                   : FromRequestedData(*data);
    if (!request) return {};
    const std::string id(event.view.id);
    if (request->audience.kind == Audience::Kind::kWebhook) {
      auto state = OpenState(parts_.databases, work_.tenant);
      if (!state) return state.error();
      auto secret =
          delivery::DeliveryQueue(**state, work_.tenant, parts_.runtime.random()).SecretOf(id);
      if (!secret) return secret.error();
      request->audience.secret = std::move(*secret);
      plan_.requests.push_back(id);
    }
    json shown = event.envelope;
    shown["data"] = json::parse(request->data_json, nullptr, false);
    const Cause cause{"",           0, request->template_id, request->channels, request->priority,
                      request->test};
    return PlanFor(event, cause, routing::Resolve(request->audience, event.envelope), shown);
  }

  Status PlanFor(const EventAt& event, const Cause& cause, const routing::Recipients& recipients,
                 const json& shown) {
    std::int64_t ordinal = 0;
    for (const routing::Recipient& recipient : recipients.list) {
      for (const std::string& channel : cause.channels) {
        if (auto planned = PlanOne(event, cause, recipient, channel, ++ordinal, shown); !planned) {
          return planned;
        }
      }
    }
    return {};
  }

  Status PlanOne(const EventAt& event, const Cause& cause, const routing::Recipient& recipient,
                 const std::string& channel, std::int64_t ordinal, const json& shown) {
    delivery::Delivery row;
    row.notification = DerivedUuid("notification|" + work_.tenant.id().text() + "|" + cause.rule +
                                   "|" + std::to_string(cause.version) + "|" +
                                   event.position.ToString() + "|" + std::to_string(ordinal));
    row.id = FirstDeliveryOf(row.notification);
    row.rule = cause.rule;
    row.rule_version = cause.version;
    row.template_id = cause.template_id;
    row.event = event.position;
    row.channel = channel;
    row.recipient = recipient.address;
    row.priority = delivery::PriorityNumber(cause.priority);
    row.depth = DepthOf(event.envelope) + 1;
    row.correlationid = event.view.correlationid;
    row.userid = event.view.userid;
    row.replay = replay::ReplayOf(event.view);
    if (!row.replay.empty()) row.replay_of = replay::OriginalOf(event.view).ToString();
    row.created_ms = row.updated_ms = row.next_at_ms = now_ms_;
    auto state = OpenState(parts_.databases, work_.tenant);
    if (!state) return state.error();
    auto rendered = parts_.renderer.Render(**state, work_.tenant,
                                           {.notification = row.notification,
                                            .rule = cause.rule,
                                            .template_id = cause.template_id,
                                            .channel = channel,
                                            .recipient = recipient.address,
                                            .test = cause.test},
                                           shown);
    if (rendered) {
      row.payload = {std::move(rendered->json), rendered->title, std::move(rendered->body),
                     recipient.secret};
    } else if (EndsTheDelivery(rendered.error().code)) {
      row.state = delivery::State::kFailed;
      row.last_error = rendered.error().detail;
    } else {
      return rendered.error();
    }
    tracking::Fact fact = FactOf(row, cause, std::string(event.view.id));
    if (rendered && channel == kInApp && recipient.address.starts_with(kUser)) {
      // What an inbox shows is its user's alone, whoever's event it came from.
      fact.userid = recipient.address.substr(kUser.size());
      fact.content = inbox::ContentOf(row.payload.rendered);
    }
    if (rendered) fact.title = std::move(rendered->title);
    plan_.deliveries.push_back({std::move(row), std::move(fact)});
    return {};
  }

  static std::int64_t DepthOf(const json& envelope) {
    const std::string type = TextAt(envelope, "type");
    if (!type.starts_with("notification.") && !type.starts_with("delivery.")) return 0;
    const json* depth = FindByPointer(envelope, "/data/depth");
    return depth != nullptr && depth->is_number_integer() ? depth->get<std::int64_t>() : 0;
  }

  static tracking::Fact FactOf(const delivery::Delivery& row, const Cause& cause,
                               std::string causation) {
    return {.delivery = row.id,
            .notification = row.notification,
            .rule = row.rule,
            .rule_version = row.rule_version,
            .template_id = cause.template_id,
            .event = row.event,
            .channel = row.channel,
            .recipient = row.recipient,
            .depth = row.depth,
            .correlationid = row.correlationid,
            .causationid = std::move(causation),
            .userid = row.userid,
            .replay = row.replay,
            .replay_of = row.replay_of};
  }

  const DeliveryParts& parts_;
  const DeliveryOptions& options_;
  TenantWork& work_;
  Plan& plan_;
  const std::int64_t now_ms_;
};

}  // namespace

Verdict Judge(const trigger::Trigger& rule, const json& envelope, std::int64_t recorded_ms) {
  const auto fires = envelope.find("replaytriggers");
  if (envelope.contains("replayof") && (fires == envelope.end() || *fires != true)) {
    return {false, "The event was replayed, and without --fire-triggers.", {}};
  }
  if (IsSet(envelope, kImportedAttribute) && !IsSet(envelope, kFireTriggersAttribute)) {
    return {false, "The event was imported without firing triggers.", {}};
  }
  auto match = trigger::Match(rule, envelope);
  Verdict verdict{match.matched, std::move(match.reason), {}};
  if (!verdict.matched) return verdict;
  if (recorded_ms < rule.created_ms) {
    return {false, "The rule is newer than the event.", {}};
  }
  verdict.recipients = routing::Resolve(rule.audience, envelope);
  if (verdict.recipients.list.empty()) return {false, verdict.recipients.reason, {}};
  return verdict;
}

std::string FirstDeliveryOf(const std::string& notification) {
  return DerivedUuid("delivery|" + notification);
}

std::int64_t RecordedMs(const json& envelope) {
  const auto time = ParseRfc3339(TextAt(envelope, "recordedtime"));
  return time ? UnixMs(*time) : std::numeric_limits<std::int64_t>::max();
}

Result<Plan> PlanPage(const DeliveryParts& parts, const DeliveryOptions& options, TenantWork& work,
                      const ReadPage& page) {
  Plan plan;
  plan.done = page.after;
  Planner planner(parts, options, work, plan);
  for (const BatchPtr& batch : page.batches) {
    for (std::size_t i = 0; i < batch->events.size(); ++i) {
      const Position position{batch->epoch, Sequence{batch->first.value + i}};
      if (position.epoch == work.cursor.epoch && position <= work.cursor) continue;
      if (auto looked = planner.Look(*batch, i); !looked) return looked.error();
      if (plan.deliveries.size() >= kMostPlanned && position < page.after) {
        plan.done = position;
        plan.whole = false;
        return plan;
      }
    }
  }
  return plan;
}

Result<std::string> RenderRequest(const DeliveryParts& parts, const TenantHandle& tenant,
                                  store::Database& state, const SendRequest& request) {
  const json envelope = {{"type", kRequested},
                         {"source", "/tenants/" + tenant.id().text()},
                         {"tenant", tenant.id().text()},
                         {"data", json::parse(request.data_json, nullptr, false)}};
  std::string list = "[";
  for (const auto& recipient : routing::Resolve(request.audience, envelope).list) {
    for (const std::string& channel : request.channels) {
      auto rendered = parts.renderer.Render(state, tenant,
                                            {.template_id = request.template_id,
                                             .channel = channel,
                                             .recipient = recipient.address,
                                             .test = request.test},
                                            envelope);
      if (!rendered) return rendered.error();
      list += (list.size() > 1 ? "," : "") + rendered->json;
    }
  }
  return list + "]";
}

}  // namespace notify::agent::pipeline
