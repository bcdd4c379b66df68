#include "agent/hub/session.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace notify::agent::hub {
namespace {

using nlohmann::json;

json PositionJson(const Position& position) {
  return json::array({position.epoch.value, position.sequence.value});
}

Position ReadPosition(const json& value) {
  return {Epoch{value.at(0).get<std::uint64_t>()}, Sequence{value.at(1).get<std::uint64_t>()}};
}

json ReachJson(const Reach& reach) {
  return json::array(
      {PositionJson(reach.arrived), reach.sent ? PositionJson(*reach.sent) : json()});
}

Reach ReadReach(const json& value) {
  Reach reach{ReadPosition(value.at(0)), std::nullopt};
  if (!value.at(1).is_null()) reach.sent = ReadPosition(value.at(1));
  return reach;
}

SessionSubscription ReadSubscription(const json& value) {
  SessionSubscription subscription;
  subscription.id = value.at("id").get<std::string>();
  subscription.name = value.at("name").get<std::string>();
  subscription.filter.types = value.at("types").get<std::vector<std::string>>();
  subscription.filter.topics = value.at("topics").get<std::vector<std::string>>();
  subscription.reach = ReadReach(value.at("reach"));
  return subscription;
}

}  // namespace

std::string SessionText(const SessionState& state) {
  json subscriptions = json::array();
  for (const SessionSubscription& each : state.subscriptions) {
    subscriptions.push_back({{"id", each.id},
                             {"name", each.name},
                             {"types", each.filter.types},
                             {"topics", each.filter.topics},
                             {"reach", ReachJson(each.reach)}});
  }
  const json text = {{"group", state.in_tenant_group},
                     {"reach", ReachJson(state.reach)},
                     {"subscriptions", std::move(subscriptions)}};
  return text.dump();
}

Result<SessionState> ReadSession(std::string_view text) {
  try {
    const json value = json::parse(text);
    SessionState state;
    state.in_tenant_group = value.at("group").get<bool>();
    state.reach = ReadReach(value.at("reach"));
    for (const json& each : value.at("subscriptions")) {
      state.subscriptions.push_back(ReadSubscription(each));
    }
    return state;
  } catch (const json::exception& error) {
    return Fail(Errc::kInvalidJson, std::string("A kept session is unreadable: ") + error.what());
  }
}

void Follow(SessionState& state, Position arrived) {
  const auto follow = [&](Reach& reach) { reach = {std::max(reach.arrived, arrived), std::nullopt}; };
  follow(state.reach);
  for (SessionSubscription& each : state.subscriptions) follow(each.reach);
}

}  // namespace notify::agent::hub
