#include "agent/tracking/report.hpp"

#include <nlohmann/json.hpp>

namespace notify::agent::tracking {
namespace {

OwnEvent Base(const Fact& fact) {
  OwnEvent event;
  event.subject = fact.notification;
  event.userid = fact.userid;
  event.correlationid = fact.correlationid;
  event.causationid = fact.causationid;
  return event;
}

nlohmann::ordered_json Data(const Fact& fact) {
  nlohmann::ordered_json data = {{"notification", fact.notification},
                                 {"delivery", fact.delivery},
                                 {"rule", fact.rule},
                                 {"ruleVersion", fact.rule_version},
                                 {"event", fact.event.ToString()},
                                 {"channel", fact.channel},
                                 {"recipient", fact.recipient},
                                 {"depth", fact.depth}};
  if (!fact.replay.empty()) data["replay"] = {{"token", fact.replay}, {"event", fact.replay_of}};
  return data;
}

std::string Text(const nlohmann::ordered_json& data) {
  return data.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

OwnEvent CreatedEvent(const Fact& fact) {
  OwnEvent event = Base(fact);
  event.id = fact.notification;
  event.type = "notification.created";
  auto data = Data(fact);
  data["template"] = fact.template_id;
  data["title"] = fact.title;
  event.data_json = Text(data);
  if (!fact.content.empty()) {
    event.data_json.back() = ',';
    event.data_json += "\"content\":" + fact.content + "}";
  }
  return event;
}

OwnEvent EndedEvent(const Fact& fact) {
  OwnEvent event = Base(fact);
  // Taken up again by hand, a delivery ends again.
  const std::string again = fact.retries > 0 ? "|" + std::to_string(fact.retries) : std::string();
  event.id = DerivedUuid("ended|" + fact.delivery + again);
  event.causationid = fact.notification;
  event.type = fact.status == "FAILED" ? "delivery.failed"
               : fact.status == "SENT" ? "notification.sent"
                                       : "notification.delivered";
  auto data = Data(fact);
  data["status"] = fact.status;
  data["attempts"] = fact.attempts;
  data["detail"] = fact.detail;
  event.data_json = Text(data);
  return event;
}

void Counters::Attempted(const TenantId& tenant, std::string_view channel) const {
  metrics_.notifications_sent.For(tenant, channel).Add();
}

void Counters::Ended(const TenantId& tenant, std::string_view status) const {
  const std::string_view label = status == "FAILED" ? "failed"
                                 : status == "SENT" ? "sent"
                                                    : "delivered";
  metrics_.notifications_delivered.For(tenant, label).Add();
}

}  // namespace notify::agent::tracking
