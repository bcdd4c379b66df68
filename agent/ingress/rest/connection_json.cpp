#include "agent/ingress/rest/connection_json.hpp"

#include <nlohmann/json.hpp>

#include "agent/auth/roles.hpp"
#include "common/model/rfc3339.hpp"

namespace notify::agent::ingress::rest {
namespace {

using Json = nlohmann::ordered_json;

Json PositionOf(const Position& position) {
  return Json{{"epoch", position.epoch.value}, {"sequence", position.sequence.value}};
}

Json LagOf(const Position& position, const Position& head) {
  // Of another log's position nobody knows how far it is.
  if (position.epoch != head.epoch) return nullptr;
  if (position.sequence >= head.sequence) return 0;
  return head.sequence.value - position.sequence.value;
}

Json SubscriptionOf(const hub::SubscriptionEntry& entry, const Position& head) {
  Json json{{"id", entry.id}};
  if (!entry.name.empty()) json["name"] = entry.name;
  if (!entry.consumer.empty()) json["consumer"] = entry.consumer;
  json["types"] = entry.filter.types;
  json["topics"] = entry.filter.topics;
  if (!entry.filter.subjects.empty()) json["subjects"] = entry.filter.subjects;
  if (!entry.filter.users.empty()) json["users"] = entry.filter.users;
  json["position"] = entry.position ? PositionOf(*entry.position) : Json(nullptr);
  json["lag"] = entry.position ? LagOf(*entry.position, head) : Json(nullptr);
  return json;
}

Json RolesOf(RoleSet roles) {
  Json names = Json::array();
  for (const Role role : {Role::kSubscriber, Role::kViewer, Role::kPublisher, Role::kTenantAdmin,
                          Role::kPlatformAdmin}) {
    if (roles.Has(role)) names.push_back(auth::ToString(role));
  }
  return names;
}

}  // namespace

std::string ConnectionJson(const hub::ConnectionEntry& entry, Position head) {
  const hub::SubscriberFacts& facts = entry.facts;
  Json json{{"id", entry.id}};
  json["user"] = entry.user.empty() ? Json(nullptr) : Json(entry.user);
  json["actor"] = entry.actor;
  json["roles"] = RolesOf(facts.roles);
  json["transport"] = facts.transport;
  json["protocol"] = facts.protocol.empty() ? Json(nullptr) : Json(facts.protocol);
  json["since"] = FormatRfc3339(facts.since);
  json["address"] = facts.address;
  json["agent"] = facts.agent;
  json["queuedBytes"] = facts.queued_bytes;
  json["position"] = PositionOf(entry.position);
  json["lag"] = LagOf(entry.position, head);
  json["stateful"] = facts.stateful;
  json["detached"] = facts.detached;
  json["groups"] = entry.groups;
  json["subscriptions"] = Json::array();
  for (const auto& subscription : entry.subscriptions) {
    json["subscriptions"].push_back(SubscriptionOf(subscription, head));
  }
  // What a client says of itself may be any bytes.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace notify::agent::ingress::rest
