#include "agent/hub/session.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace notify::agent::hub {
namespace {

using nlohmann::json;

json PositionJson(const Position& position) {
  return json::array({position.epoch.value, position.sequence.value});
}

json ReachJson(const Reach& reach) {
  return json::array(
      {PositionJson(reach.arrived), reach.sent ? PositionJson(*reach.sent) : json()});
}

/// Reads what the functions above wrote. Where it is something else, `good` becomes false.
class Reader {
 public:
  bool good() const { return good_; }

  const json& Member(const json& value, const char* name) {
    const auto found = value.is_object() ? value.find(name) : value.end();
    if (Require(value.is_object() && found != value.end())) return *found;
    static const json kNothing;
    return kNothing;
  }
  std::string Text(const json& value) {
    return Require(value.is_string()) ? value.get<std::string>() : std::string();
  }
  bool Bool(const json& value) { return Require(value.is_boolean()) && value.get<bool>(); }
  std::vector<std::string> Texts(const json& value) {
    std::vector<std::string> texts;
    if (!Require(value.is_array())) return texts;
    for (const json& each : value) texts.push_back(Text(each));
    return texts;
  }
  Reach ReadReach(const json& value) {
    if (!Require(value.is_array() && value.size() == 2)) return {};
    Reach reach{ReadPosition(value[0]), std::nullopt};
    if (!value[1].is_null()) reach.sent = ReadPosition(value[1]);
    return reach;
  }
  SessionSubscription ReadSubscription(const json& value) {
    SessionSubscription subscription;
    subscription.id = Text(Member(value, "id"));
    subscription.name = Text(Member(value, "name"));
    subscription.filter.types = Texts(Member(value, "types"));
    subscription.filter.topics = Texts(Member(value, "topics"));
    subscription.reach = ReadReach(Member(value, "reach"));
    return subscription;
  }

 private:
  bool Require(bool met) {
    good_ = good_ && met;
    return met;
  }
  Position ReadPosition(const json& value) {
    const bool numbers = value.is_array() && value.size() == 2 && value[0].is_number_unsigned() &&
                         value[1].is_number_unsigned();
    if (!Require(numbers)) return {};
    return {Epoch{value[0].get<std::uint64_t>()}, Sequence{value[1].get<std::uint64_t>()}};
  }

  bool good_ = true;
};

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
  const json value = json::parse(text, nullptr, false);
  Reader reader;
  SessionState state;
  state.in_tenant_group = reader.Bool(reader.Member(value, "group"));
  state.reach = reader.ReadReach(reader.Member(value, "reach"));
  const json& subscriptions = reader.Member(value, "subscriptions");
  if (subscriptions.is_array()) {
    for (const json& each : subscriptions) {
      state.subscriptions.push_back(reader.ReadSubscription(each));
    }
  }
  if (!reader.good()) return Fail(Errc::kInvalidJson, "A kept session is unreadable.");
  return state;
}

void Follow(SessionState& state, Position arrived) {
  const auto follow = [&](Reach& reach) {
    reach = {std::max(reach.arrived, arrived), std::nullopt};
  };
  follow(state.reach);
  for (SessionSubscription& each : state.subscriptions) follow(each.reach);
}

}  // namespace notify::agent::hub
