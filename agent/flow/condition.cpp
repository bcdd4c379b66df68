#include "agent/flow/condition.hpp"

#include <algorithm>
#include <array>
#include <compare>
#include <nlohmann/json.hpp>

#include "common/model/event_parser.hpp"
#include "common/model/json_pointer.hpp"

namespace notify::agent {
namespace {

using nlohmann::json;
using Op = Condition::Op;

constexpr std::size_t kMaxConditions = 32;
constexpr std::array<std::string_view, 8> kOps = {"eq", "ne", "gt", "ge",
                                                  "lt", "le", "in", "exists"};

std::optional<Scalar> ToScalar(const json& value) {
  if (value.is_null()) return Scalar(nullptr);
  if (value.is_boolean()) return Scalar(value.get<bool>());
  if (value.is_number()) return Scalar(value.get<double>());
  if (value.is_string()) return Scalar(value.get<std::string>());
  return std::nullopt;
}

void ReadValues(ObjectReader& reader, const json& object, Condition& condition) {
  static_cast<void>(reader.Optional("value"));
  const auto member = object.find("value");
  const json value = member == object.end() ? json() : *member;
  if (condition.op == Op::kExists) {
    if (member != object.end() && !value.is_boolean()) {
      reader.Refuse("value", "must be true or false for exists");
    }
    condition.values = {Scalar(!value.is_boolean() || value.get<bool>())};
    return;
  }
  if (condition.op == Op::kIn && (!value.is_array() || value.empty() || value.size() > 1000)) {
    reader.Refuse("value", "must be a list of 1 to 1000 for in");
    return;
  }
  const json list = condition.op == Op::kIn ? value : json::array({value});
  for (const json& item : list) {
    const auto scalar = ToScalar(item);
    if (member == object.end() || !scalar) {
      reader.Refuse("value", "must be a text, a number, true, false or null");
      return;
    }
    condition.values.push_back(*scalar);
  }
  const bool ordered = condition.op >= Op::kGt && condition.op <= Op::kLe;
  if (ordered && condition.values.front().index() < 2) {
    reader.Refuse("value", "must be a number or a text to compare by size");
  }
}

Condition ReadCondition(const json& value, const std::string& pointer,
                        std::vector<FieldError>& errors) {
  Condition condition;
  ObjectReader reader(value, pointer, errors);
  condition.pointer = reader.RequiredText("pointer", 512);
  if (!IsJsonPointer(condition.pointer)) {
    reader.Refuse("pointer", "must be a JSON Pointer as in /data/amount");
  }
  const std::string op = reader.RequiredText("op");
  const auto place = std::ranges::find(kOps, op);
  if (place == kOps.end()) {
    if (!op.empty()) reader.Refuse("op", "must be one of eq, ne, gt, ge, lt, le, in, exists");
    static_cast<void>(reader.Optional("value"));
  } else if (value.is_object()) {
    condition.op = static_cast<Op>(place - kOps.begin());
    ReadValues(reader, value, condition);
  }
  reader.RefuseOthers();
  return condition;
}

json ScalarJson(const Scalar& scalar) {
  return std::visit([](const auto& value) { return json(value); }, scalar);
}

nlohmann::ordered_json ConditionJson(const Condition& condition) {
  json value = json::array();
  for (const Scalar& scalar : condition.values) value.push_back(ScalarJson(scalar));
  if (condition.op != Op::kIn) value = json(value.front());
  return {{"pointer", condition.pointer},
          {"op", std::string(OpName(condition.op))},
          {"value", std::move(value)}};
}

// Nothing where the two cannot be compared by size.
std::optional<std::partial_ordering> Order(const Scalar& member, const Scalar& value) {
  if (member.index() != value.index()) return std::nullopt;
  if (const auto* number = std::get_if<double>(&value)) return std::get<double>(member) <=> *number;
  if (const auto* text = std::get_if<std::string>(&value)) {
    return std::get<std::string>(member) <=> *text;
  }
  return std::nullopt;
}

bool OrderHolds(Op op, std::partial_ordering order) {
  if (op == Op::kGt) return order > 0;
  if (op == Op::kGe) return order >= 0;
  if (op == Op::kLt) return order < 0;
  return order <= 0;
}

}  // namespace

std::string_view OpName(Condition::Op op) { return kOps.at(static_cast<std::size_t>(op)); }

std::vector<Condition> ReadConditions(ObjectReader& reader, std::vector<FieldError>& errors) {
  std::vector<Condition> conditions;
  const json* list = reader.Optional("when");
  if (list == nullptr) return conditions;
  if (!list->is_array() || list->size() > kMaxConditions) {
    reader.Refuse("when", "must be a list of at most " + std::to_string(kMaxConditions));
    return conditions;
  }
  for (std::size_t i = 0; i < list->size(); ++i) {
    conditions.push_back(
        ReadCondition((*list)[i], reader.PointerTo("when") + "/" + std::to_string(i), errors));
  }
  return conditions;
}

nlohmann::ordered_json ConditionsJson(const std::vector<Condition>& conditions) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Condition& condition : conditions) list.push_back(ConditionJson(condition));
  return list;
}

bool Holds(const Condition& condition, const Member& member) {
  if (condition.op == Op::kExists) {
    return member.there == std::get<bool>(condition.values.front());
  }
  const auto equal = [&](const Scalar& value) { return member.scalar == value; };
  if (condition.op == Op::kEq || condition.op == Op::kIn) {
    return std::ranges::any_of(condition.values, equal);
  }
  if (condition.op == Op::kNe) return !equal(condition.values.front());
  if (!member.scalar) return false;
  const auto order = Order(*member.scalar, condition.values.front());
  return order && OrderHolds(condition.op, *order);
}

bool IsTypePattern(std::string_view text) {
  if (text == "*") return true;
  if (!text.ends_with(".*")) return IsEventType(text);
  // A type of its own once something stands for the star.
  return IsEventType(std::string(text.substr(0, text.size() - 1)) + "x");
}

}  // namespace notify::agent
