#include "agent/trigger/trigger.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "common/model/event_parser.hpp"
#include "common/model/json_pointer.hpp"
#include "common/model/rfc3339.hpp"

namespace notify::agent::trigger {
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

void ReadConditions(ObjectReader& reader, std::vector<FieldError>& errors, Trigger& trigger) {
  const json* list = reader.Optional("when");
  if (list == nullptr) return;
  if (!list->is_array() || list->size() > kMaxConditions) {
    reader.Refuse("when", "must be a list of at most " + std::to_string(kMaxConditions));
    return;
  }
  for (std::size_t i = 0; i < list->size(); ++i) {
    trigger.when.push_back(
        ReadCondition((*list)[i], reader.PointerTo("when") + "/" + std::to_string(i), errors));
  }
}

bool IsPattern(std::string_view on) {
  if (on == "*") return true;
  if (!on.ends_with(".*")) return IsEventType(on);
  // A type of its own once something stands for the star.
  return IsEventType(std::string(on.substr(0, on.size() - 1)) + "x");
}

void ReadId(ObjectReader& reader, std::string_view id, Trigger& trigger) {
  trigger.id = reader.Text("id", std::string(id));
  if (!trigger.id.empty() && !IsTriggerId(trigger.id)) {
    reader.Refuse("id", "must be 1 to 64 of a-z, 0-9, dot, underscore and hyphen");
  }
  if (!id.empty() && trigger.id != id) reader.Refuse("id", "is not the one in the path");
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

}  // namespace

std::string_view OpName(Condition::Op op) { return kOps.at(static_cast<std::size_t>(op)); }

bool IsTriggerId(std::string_view text) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !text.empty() && text.size() <= 64 && plain(text.front()) &&
         std::ranges::all_of(text,
                             [&](char c) { return plain(c) || c == '.' || c == '_' || c == '-'; });
}

Result<Trigger> ParseTrigger(std::string_view text, std::string_view id) {
  const auto body = ParseJsonObject(text);
  if (!body) return body.error();
  std::vector<FieldError> errors;
  Trigger trigger;
  ObjectReader reader(*body, "", errors);
  ReadId(reader, id, trigger);
  trigger.on = reader.RequiredText("on", 255);
  if (!trigger.on.empty() && !IsPattern(trigger.on)) {
    reader.Refuse("on", "must be an event type, a prefix as in fx.*, or *");
  }
  ReadConditions(reader, errors, trigger);
  trigger.template_id = reader.RequiredText("template", 64);
  if (const json* audience = reader.Required("audience")) {
    trigger.audience = ReadAudience(*audience, "/audience", errors);
  }
  trigger.channels = ReadChannels(reader, trigger.audience);
  trigger.priority = ReadPriority(reader);
  trigger.enabled = reader.Flag("enabled", true);
  for (const auto* ignored : {"version", "createdAt", "updatedAt"}) {
    static_cast<void>(reader.Optional(ignored));
  }
  reader.RefuseOthers();
  if (auto status = RefuseIfAny(std::move(errors)); !status) return status.error();
  return trigger;
}

std::string TriggerJson(const Trigger& trigger) {
  nlohmann::ordered_json when = nlohmann::ordered_json::array();
  for (const Condition& condition : trigger.when) {
    when.push_back(ConditionJson(condition));
  }
  const auto time = [](std::int64_t ms) {
    std::string text;
    AppendRfc3339(text, ms);
    return text;
  };
  const nlohmann::ordered_json shown = {{"id", trigger.id},
                                        {"on", trigger.on},
                                        {"when", std::move(when)},
                                        {"template", trigger.template_id},
                                        {"channels", trigger.channels},
                                        {"audience", AudienceJson(trigger.audience)},
                                        {"priority", trigger.priority},
                                        {"enabled", trigger.enabled},
                                        {"version", trigger.version},
                                        {"createdAt", time(trigger.created_ms)},
                                        {"updatedAt", time(trigger.updated_ms)}};
  return shown.dump();
}

}  // namespace notify::agent::trigger
