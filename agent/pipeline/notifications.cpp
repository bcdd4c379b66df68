#include "agent/pipeline/notifications.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "agent/async/run_on.hpp"
#include "agent/channel/webhook/webhook_provider.hpp"
#include "agent/delivery/delivery_queue.hpp"
#include "agent/pipeline/delivery_plan.hpp"
#include "agent/trigger/trigger_store.hpp"
#include "common/log.hpp"

namespace notify::agent::pipeline {
namespace {

using delivery::DeliveryQueue;
using trigger::TriggerStore;

constexpr std::size_t kMostDeliveriesShown = 1000;

template <typename List, typename Print>
std::string JsonArray(const List& list, Print print) {
  std::string text = "[";
  for (const auto& one : list) {
    if (text.size() > 1) text += ',';
    text += print(one);
  }
  return text + "]";
}

std::string DeletedJson(const std::string& id) {
  return nlohmann::ordered_json({{"id", id}, {"deleted", true}}).dump();
}

Error At(const char* pointer, Error error) {
  error.errors.push_back({.pointer = pointer, .detail = error.detail});
  return error;
}

Status CheckTarget(const Audience& audience, bool allow_private_networks) {
  if (audience.kind != Audience::Kind::kWebhook) return {};
  auto allowed = channel::CheckWebhookUrl(audience.url, allow_private_networks);
  return allowed ? allowed : Status(At("/audience/webhook/url", allowed.error()));
}

}  // namespace

async::Task<Result<std::string>> Notifications::ListTriggers(TenantHandle tenant) {
  async::CallOn here(parts_.runtime.platform(), [&] { return TriggersHere(tenant); });
  co_return co_await here;
}

Result<std::string> Notifications::TriggersHere(const TenantHandle& tenant) {
  auto state = OpenState(parts_.databases, tenant);
  if (!state) return state.error();
  auto all = TriggerStore(**state, tenant, parts_.runtime.random()).List();
  if (!all) return all.error();
  return JsonArray(*all, trigger::TriggerJson);
}

async::Task<Result<std::string>> Notifications::GetTrigger(TenantHandle tenant, std::string id) {
  async::CallOn here(parts_.runtime.platform(), [&]() -> Text {
    auto state = OpenState(parts_.databases, tenant);
    if (!state) return state.error();
    auto rule = TriggerStore(**state, tenant, parts_.runtime.random()).Get(id);
    if (!rule) return rule.error();
    return TriggerJson(*rule);
  });
  co_return co_await here;
}

async::Task<Result<std::string>> Notifications::PutTrigger(TenantHandle tenant, std::string id,
                                                           std::string body) {
  async::CallOn here(parts_.runtime.platform(), [&] { return PutTriggerHere(tenant, id, body); });
  auto put = co_await here;
  if (!put) co_return put.error();
  co_await TellChange(tenant, "tenant.trigger.changed", put->id, put->version);
  co_return TriggerJson(*put);
}

Result<trigger::Trigger> Notifications::PutTriggerHere(const TenantHandle& tenant,
                                                       const std::string& id,
                                                       const std::string& body) {
  auto rule = trigger::ParseTrigger(body, id);
  if (!rule) return rule.error();
  if (rule->id.empty()) {
    rule->id = NewUuid7(parts_.runtime.clock(), parts_.runtime.random());
  }
  if (auto target = CheckTarget(rule->audience, options_.allow_private_networks); !target) {
    return target.error();
  }
  auto state = OpenState(parts_.databases, tenant);
  if (!state) return state.error();
  if (auto found = parts_.renderer.Find(**state, rule->template_id); !found) {
    Error error = Fail(Errc::kInvalidArgument, "There is no template " + rule->template_id + ".",
                       "notifyctl template list");
    return At("/template", error);
  }
  TriggerStore rules(**state, tenant, parts_.runtime.random());
  auto all = rules.List();
  if (!all) return all.error();
  if (all->size() >= kMostRules && !rules.Get(rule->id)) {
    return Fail(Errc::kConflict, "The tenant has 200 rules, which is as many as there can be.");
  }
  auto put = rules.Put(std::move(*rule), parts_.runtime.clock().WallNow());
  loop_.RulesChanged(tenant);
  return put;
}

async::Task<Result<std::string>> Notifications::DeleteTrigger(TenantHandle tenant, std::string id) {
  async::CallOn here(parts_.runtime.platform(), [&]() -> Status {
    auto state = OpenState(parts_.databases, tenant);
    if (!state) return state.error();
    loop_.RulesChanged(tenant);
    return TriggerStore(**state, tenant, parts_.runtime.random())
        .Delete(id, parts_.runtime.clock().WallNow());
  });
  auto deleted = co_await here;
  if (!deleted) co_return deleted.error();
  co_await TellChange(tenant, "tenant.trigger.deleted", id, 0);
  co_return DeletedJson(id);
}

async::Task<Result<std::string>> Notifications::ListTemplates(TenantHandle tenant) {
  async::CallOn here(parts_.runtime.platform(), [&] { return TemplatesHere(tenant); });
  co_return co_await here;
}

Result<std::string> Notifications::TemplatesHere(const TenantHandle& tenant) {
  auto state = OpenState(parts_.databases, tenant);
  if (!state) return state.error();
  auto all = parts_.renderer.List(**state);
  if (!all) return all.error();
  return JsonArray(*all, render::TemplateJson);
}

async::Task<Result<std::string>> Notifications::GetTemplate(TenantHandle tenant, std::string id) {
  async::CallOn here(parts_.runtime.platform(), [&]() -> Text {
    auto state = OpenState(parts_.databases, tenant);
    if (!state) return state.error();
    auto found = parts_.renderer.Find(**state, id);
    if (!found) return found.error();
    return TemplateJson(*found);
  });
  co_return co_await here;
}

async::Task<Result<std::string>> Notifications::PutTemplate(TenantHandle tenant, std::string id,
                                                            std::string body) {
  async::CallOn here(parts_.runtime.platform(), [&]() -> Result<render::StoredTemplate> {
    auto parsed = render::ParseTemplate(body, id);
    if (!parsed) return parsed.error();
    const auto wrong = parts_.renderer.Check(*parsed);
    if (!wrong.empty()) return wrong.front().ToError();
    auto state = OpenState(parts_.databases, tenant);
    if (!state) return state.error();
    return render::TemplateStore(**state).Put(std::move(*parsed), parts_.runtime.clock().WallNow());
  });
  auto put = co_await here;
  if (!put) co_return put.error();
  co_await TellChange(tenant, "tenant.template.changed", put->id, put->version);
  co_return TemplateJson(*put);
}

async::Task<Result<std::string>> Notifications::DeleteTemplate(TenantHandle tenant,
                                                               std::string id) {
  async::CallOn here(parts_.runtime.platform(), [&]() -> Status {
    auto state = OpenState(parts_.databases, tenant);
    if (!state) return state.error();
    auto found = parts_.renderer.Find(**state, id);
    if (found && found->version == 0) {
      return Fail(Errc::kConflict, "The template " + id + " comes with the program.",
                  "Replace it by one of your own with the same id.");
    }
    return render::TemplateStore(**state).Delete(id, parts_.runtime.clock().WallNow());
  });
  auto deleted = co_await here;
  if (!deleted) co_return deleted.error();
  co_await TellChange(tenant, "tenant.template.deleted", id, 0);
  co_return DeletedJson(id);
}

async::Task<Result<std::string>> Notifications::ValidateTemplate(TenantHandle tenant,
                                                                 std::string id, std::string body) {
  async::CallOn here(parts_.runtime.platform(), [&] { return ValidateHere(tenant, id, body); });
  co_return co_await here;
}

Result<std::string> Notifications::ValidateHere(const TenantHandle& tenant, const std::string& id,
                                                const std::string& body) {
  auto state = OpenState(parts_.databases, tenant);
  if (!state) return state.error();
  auto stored = body.empty() ? parts_.renderer.Find(**state, id) : render::ParseTemplate(body, id);
  if (!stored) return stored.error();
  nlohmann::ordered_json errors = nlohmann::ordered_json::array();
  for (const auto& error : parts_.renderer.Check(*stored)) {
    errors.push_back({{"line", error.line},
                      {"column", error.column},
                      {"file", error.template_name},
                      {"detail", error.detail}});
  }
  const nlohmann::ordered_json shown = {{"valid", errors.empty()}, {"errors", errors}};
  return shown.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

async::Task<Result<Notifications::Sent>> Notifications::Send(TenantHandle tenant, std::string body,
                                                             std::string idempotency_key,
                                                             bool test) {
  async::RunOn here(parts_.runtime.platform(),
                    SendHere(std::move(tenant), std::move(body), std::move(idempotency_key), test));
  co_return co_await here;
}

async::Task<Result<Notifications::Sent>> Notifications::SendHere(TenantHandle tenant,
                                                                 std::string body,
                                                                 std::string idempotency_key,
                                                                 bool test) {
  if (!options_.notifications_on) {
    co_return Fail(Errc::kFeatureDisabled, "Notifications are switched off.",
                   "Set notifications.enabled: true.");
  }
  auto request = ParseSendRequest(body, test);
  if (!request) co_return request.error();
  if (auto target = CheckTarget(request->audience, options_.allow_private_networks); !target) {
    co_return target.error();
  }
  auto state = OpenState(parts_.databases, tenant);
  if (!state) co_return state.error();
  auto rendered = RenderRequest(parts_, tenant, **state, *request);
  if (!rendered) co_return rendered.error();
  if (request->dry_run) co_return Sent{"{\"notifications\":" + *rendered + "}", true};

  OwnEvent event;
  event.id = idempotency_key.empty()
                 ? NewUuid7(parts_.runtime.clock(), parts_.runtime.random())
                 : DerivedUuid("request|" + tenant.id().text() + "|" + idempotency_key);
  event.type = "notification.requested";
  event.data_json = RequestedData(*request);
  if (!request->audience.secret.empty()) {
    // Before the event: whoever looks at the event needs it.
    DeliveryQueue queue(**state, tenant, parts_.runtime.random());
    if (auto kept = queue.KeepSecret(event.id, request->audience.secret); !kept) {
      co_return kept.error();
    }
  }
  const std::string id = event.id;
  std::vector<OwnEvent> events;
  events.push_back(std::move(event));
  auto appended = co_await parts_.feedback.Append(tenant, std::move(events));
  if (!appended) co_return appended.error();
  loop_.Kick(tenant);
  const Position at = appended->front().position;
  const nlohmann::ordered_json shown = {
      {"id", id},
      {"event", {{"epoch", at.epoch.value}, {"sequence", at.sequence.value}}},
      {"duplicate", appended->front().duplicate}};
  co_return Sent{shown.dump(), false};
}

async::Task<Result<std::string>> Notifications::Outcome(TenantHandle tenant, Position event,
                                                        std::string envelope) {
  std::size_t connections = 0;
  if (parts_.live != nullptr) {
    connections = co_await parts_.live->ConnectionsThatGot(tenant, event);
  }
  async::CallOn here(parts_.runtime.platform(),
                     [&] { return OutcomeHere(tenant, event, envelope, connections); });
  co_return co_await here;
}

Result<Position> Notifications::CursorHere(const TenantHandle& tenant, store::Database& state) {
  if (const auto known = loop_.CursorOf(tenant)) return *known;
  return DeliveryQueue(state, tenant, parts_.runtime.random()).Cursor();
}

Result<std::string> Notifications::OutcomeHere(const TenantHandle& tenant, Position event,
                                               const std::string& text, std::size_t connections) {
  const auto envelope = nlohmann::json::parse(text, nullptr, false);
  if (envelope.is_discarded()) return Fail(Errc::kInvalidJson, "The envelope is not JSON.");
  auto state = OpenState(parts_.databases, tenant);
  if (!state) return state.error();
  auto rules = TriggerStore(**state, tenant, parts_.runtime.random()).List();
  if (!rules) return rules.error();
  auto cursor = CursorHere(tenant, **state);
  if (!cursor) return cursor.error();
  DeliveryQueue queue(**state, tenant, parts_.runtime.random());
  auto deliveries = queue.OfEvent(event, kMostDeliveriesShown);
  if (!deliveries) return deliveries.error();
  const auto recorded = RecordedMs(envelope);
  const std::string shown_rules = JsonArray(*rules, [&](const trigger::Trigger& rule) {
    Verdict verdict = Judge(rule, envelope, recorded);
    if (!options_.rules_on) verdict = {false, "Rules are switched off (advanced.events).", {}};
    return nlohmann::ordered_json({{"rule", rule.id},
                                   {"version", rule.version},
                                   {"matched", verdict.matched},
                                   {"reason", verdict.reason}})
        .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  });
  return "{\"rules\":" + shown_rules +
         ",\"deliveries\":" + JsonArray(*deliveries, delivery::DeliveryJson) +
         ",\"connections\":" + std::to_string(connections) +
         ",\"processed\":" + (event <= *cursor ? "true" : "false") + "}";
}

async::Task<void> Notifications::TellChange(TenantHandle tenant, std::string type, std::string id,
                                            std::int64_t version) {
  OwnEvent event;
  event.type = std::move(type);
  event.subject = id;
  event.data_json = nlohmann::ordered_json({{"id", id}, {"version", version}}).dump();
  std::vector<OwnEvent> events;
  events.push_back(std::move(event));
  auto told = co_await parts_.feedback.Append(tenant, std::move(events));
  if (!told) {
    // The change is in force all the same; only its event is missing.
    log::Error("The change of {Id} of tenant {TenantId} is not in its log: {Reason}",
               {{"Id", id}, {"TenantId", tenant.id()}, {"Reason", told.error().detail}});
  }
}

}  // namespace notify::agent::pipeline
