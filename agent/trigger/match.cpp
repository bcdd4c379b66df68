#include "agent/trigger/match.hpp"

#include <nlohmann/json.hpp>
#include <optional>

#include "common/model/json_pointer.hpp"

namespace notify::agent::trigger {
namespace {

using nlohmann::json;

Member MemberOf(const json* value) {
  Member member{value != nullptr, std::nullopt};
  if (value == nullptr) return member;
  if (value->is_null()) member.scalar = nullptr;
  if (value->is_boolean()) member.scalar = value->get<bool>();
  if (value->is_number()) member.scalar = value->get<double>();
  if (value->is_string()) member.scalar = value->get<std::string>();
  return member;
}

std::string Shown(const json& value) {
  std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
  if (text.size() > 80) text = text.substr(0, 77) + "...";
  return text;
}

std::string WhyNot(const Condition& condition, const json* member) {
  std::string wanted;
  for (const Scalar& value : condition.values) {
    if (!wanted.empty()) wanted += ", ";
    wanted += Shown(std::visit([](const auto& held) { return json(held); }, value));
  }
  return condition.pointer + (member == nullptr ? " is absent" : " is " + Shown(*member)) +
         ", the rule wants " + std::string(OpName(condition.op)) + " " + wanted + ".";
}

// How many rules stand between an own event and what came from outside.
std::int64_t DepthOf(const json& envelope) {
  const json* depth = FindByPointer(envelope, "/data/depth");
  return depth != nullptr && depth->is_number_integer() ? depth->get<std::int64_t>() : 0;
}

bool IsOfTheFlow(std::string_view type) {
  return type.starts_with("notification.") || type.starts_with("delivery.");
}

}  // namespace

bool CoversType(std::string_view on, std::string_view type) {
  if (on == type) return true;
  if (IsOfTheFlow(type)) return false;
  if (on == "*") return true;
  return on.ends_with(".*") && type.starts_with(on.substr(0, on.size() - 1));
}

MatchResult Match(const Trigger& trigger, const json& envelope) {
  const json* type = FindByPointer(envelope, "/type");
  const auto* name = type == nullptr ? nullptr : type->get_ptr<const std::string*>();
  if (name == nullptr || !CoversType(trigger.on, *name)) {
    return {false, "The rule is for " + trigger.on + "."};
  }
  if (!trigger.enabled) return {false, "The rule is switched off."};
  if (IsOfTheFlow(*name) && DepthOf(envelope) > 1) {
    return {false, "The event came of a rule for the agent's own events; it starts no other."};
  }
  for (const Condition& condition : trigger.when) {
    const json* member = FindByPointer(envelope, condition.pointer);
    if (!Holds(condition, MemberOf(member))) return {false, WhyNot(condition, member)};
  }
  if (trigger.when.empty()) return {true, "The type is covered by " + trigger.on + "."};
  return {true, "The type is covered by " + trigger.on + ", and every condition holds."};
}

}  // namespace notify::agent::trigger
