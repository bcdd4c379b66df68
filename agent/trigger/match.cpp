#include "agent/trigger/match.hpp"

#include <algorithm>
#include <compare>
#include <nlohmann/json.hpp>
#include <optional>

#include "common/model/json_pointer.hpp"

namespace notify::agent::trigger {
namespace {

using nlohmann::json;
using Op = Condition::Op;

bool Equal(const json& member, const Scalar& value) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    const auto* own = member.get_ptr<const std::string*>();
    return own != nullptr && *own == *text;
  }
  if (const auto* number = std::get_if<double>(&value)) {
    return member.is_number() && member.get<double>() == *number;
  }
  if (const auto* flag = std::get_if<bool>(&value)) {
    return member.is_boolean() && member.get<bool>() == *flag;
  }
  return member.is_null();
}

// Nothing where the two cannot be compared by size.
std::optional<std::partial_ordering> Order(const json& member, const Scalar& value) {
  if (const auto* number = std::get_if<double>(&value); number != nullptr && member.is_number()) {
    return member.get<double>() <=> *number;
  }
  const auto* text = std::get_if<std::string>(&value);
  const auto* own = member.get_ptr<const std::string*>();
  if (text != nullptr && own != nullptr) return *own <=> *text;
  return std::nullopt;
}

bool OrderHolds(Op op, std::partial_ordering order) {
  if (op == Op::kGt) return order > 0;
  if (op == Op::kGe) return order >= 0;
  if (op == Op::kLt) return order < 0;
  return order <= 0;
}

bool Holds(const Condition& condition, const json* member) {
  if (condition.op == Op::kExists) {
    return (member != nullptr) == std::get<bool>(condition.values.front());
  }
  const auto equal = [&](const Scalar& value) {
    return member != nullptr && Equal(*member, value);
  };
  if (condition.op == Op::kEq || condition.op == Op::kIn) {
    return std::ranges::any_of(condition.values, equal);
  }
  if (condition.op == Op::kNe) return !equal(condition.values.front());
  if (member == nullptr) return false;
  const auto order = Order(*member, condition.values.front());
  return order && OrderHolds(condition.op, *order);
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
    if (!Holds(condition, member)) return {false, WhyNot(condition, member)};
  }
  if (trigger.when.empty()) return {true, "The type is covered by " + trigger.on + "."};
  return {true, "The type is covered by " + trigger.on + ", and every condition holds."};
}

}  // namespace notify::agent::trigger
