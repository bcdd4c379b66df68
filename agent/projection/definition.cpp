#include "agent/projection/definition.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "agent/flow/tenant_record.hpp"
#include "common/model/json_pointer.hpp"

namespace notify::agent::projection {
namespace {

using nlohmann::json;

bool IsName(std::string_view text) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !text.empty() && text.size() <= 64 && plain(text.front()) &&
         std::ranges::all_of(text,
                             [&](char c) { return plain(c) || c == '.' || c == '_' || c == '-'; });
}

bool IsFieldName(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

void ReadName(ObjectReader& reader, std::string_view name, Definition& definition) {
  definition.name =
      name.empty() ? reader.RequiredText("name", 256) : reader.Text("name", std::string(name), 256);
  if (!name.empty() && definition.name != name) {
    reader.Refuse("name", "must be the name in the path");
  } else if (!definition.name.empty() && !IsName(definition.name)) {
    reader.Refuse("name", "must be 1 to 64 of a-z, 0-9, dot, underscore and hyphen");
  } else if (definition.name == kMetricsName) {
    reader.Refuse("name", "is the built-in projection's");
  }
}

void ReadFields(ObjectReader& reader, std::vector<FieldError>& errors, Definition& definition) {
  const json* fields = reader.Required("fields");
  if (fields == nullptr) return;
  if (!fields->is_object() || fields->empty() || fields->size() > Definition::kMostFields) {
    reader.Refuse("fields", "must be an object of 1 to 32 fields");
    return;
  }
  for (const auto& [name, value] : fields->items()) {
    const std::string pointer = reader.PointerTo("fields") + "/" + PointerToken(name);
    if (!IsFieldName(name)) {
      errors.push_back({pointer, "must be named by 1 to 64 letters, digits, '_' and '-'", 0});
    }
    definition.fields.emplace_back(name, ReadFolds(value, pointer, errors));
  }
}

bool Wants(const std::vector<std::string>& types, std::string_view type) {
  return types.empty() || MatchesType(type, types);
}

/// A condition's view of a member.
Member MemberOf(const std::optional<JsonValue>& value) {
  Member member{value.has_value(), std::nullopt};
  if (!value) return member;
  switch (value->kind()) {
    case JsonValue::Kind::kNull:
      member.scalar = nullptr;
      break;
    case JsonValue::Kind::kBool:
      member.scalar = value->Text() == "true";
      break;
    case JsonValue::Kind::kNumber: {
      const std::string digits = value->Text();
      double number = 0;
      const auto [end, error] =
          std::from_chars(digits.data(), digits.data() + digits.size(), number);
      if (error == std::errc()) member.scalar = number;
      break;
    }
    case JsonValue::Kind::kString:
      member.scalar = value->Text();
      break;
    case JsonValue::Kind::kArray:
    case JsonValue::Kind::kObject:
      break;
  }
  return member;
}

bool AllHold(const Definition& definition, const EventInHand& event) {
  for (std::size_t i = 0; i < definition.when.size(); ++i) {
    const auto& operand = definition.when_of[i];
    const auto value = operand ? operand->Read(event) : std::nullopt;
    if (!Holds(definition.when[i], MemberOf(value))) return false;
  }
  return true;
}

}  // namespace

Result<Definition> ParseDefinition(std::string_view body, std::string_view name) {
  const auto document = ParseJsonObject(body);
  if (!document) return document.error();
  std::vector<FieldError> errors;
  ObjectReader reader(*document, "", errors);
  Definition definition;
  ReadName(reader, name, definition);
  definition.types = ReadTypes(reader, "types");
  definition.when = ReadConditions(reader, errors);
  for (const Condition& condition : definition.when) {
    definition.when_of.push_back(Operand::Parse(condition.pointer));
  }
  const std::string key = reader.RequiredText("key", 512);
  if (auto operand = Operand::Parse(key)) {
    definition.key = std::move(*operand);
  } else if (!key.empty()) {
    reader.Refuse("key", "must be a JSON Pointer into the event as in /data/id, or an attribute");
  }
  ReadFields(reader, errors, definition);
  definition.remove_on = ReadTypes(reader, "removeOn");
  reader.RefuseOthers();
  if (auto refused = RefuseIfAny(std::move(errors)); !refused) return refused.error();
  return definition;
}

std::string DefinitionJson(const Definition& definition) {
  nlohmann::ordered_json fields = nlohmann::ordered_json::object();
  for (const auto& [name, folds] : definition.fields) fields[name] = FoldsJson(folds);
  const nlohmann::ordered_json shown = {{"name", definition.name},
                                        {"types", definition.types},
                                        {"when", ConditionsJson(definition.when)},
                                        {"key", definition.key.text()},
                                        {"fields", std::move(fields)},
                                        {"removeOn", definition.remove_on}};
  return shown.dump(-1, ' ', false, json::error_handler_t::replace);
}

bool MayWant(const Definition& definition, std::string_view type) {
  return Wants(definition.types, type) || MatchesType(type, definition.remove_on);
}

Result<Change> ChangeOf(const Definition& definition, const EventInHand& event) {
  Change change;
  const std::string_view type = event.event().type;
  const bool removes = MatchesType(type, definition.remove_on);
  if (!removes && !Wants(definition.types, type)) return change;
  if (!AllHold(definition, event)) return change;
  const auto key = definition.key.Read(event);
  if (!key || key->is_null() || key->is_array() || key->is_object()) {
    return Fail(
        Errc::kInvalidArgument,
        "'" + definition.key.text() + "', the key, is absent, or no text, number or boolean.");
  }
  change.key = key->Text();
  if (change.key.size() > Definition::kLongestKey) {
    return Fail(Errc::kInvalidArgument,
                "'" + definition.key.text() + "', the key, is longer than 512 bytes.");
  }
  change.kind = removes ? Change::Kind::kRemove : Change::Kind::kUpdate;
  return change;
}

Status FoldInto(const Definition& definition, const EventInHand& event, JsonValue& state) {
  std::vector<std::pair<const std::string*, JsonValue>> changed;
  for (const auto& [name, folds] : definition.fields) {
    std::optional<JsonValue> field;
    bool touched = false;
    for (const Fold& fold : folds) {
      if (!Wants(fold.on, event.event().type)) continue;
      if (!touched) {
        const JsonValue* now = state.Find(name);
        if (now != nullptr) field = *now;
        touched = true;
      }
      if (auto applied = fold.Apply(event, field); !applied) {
        applied.error().detail = "Field '" + name + "': " + applied.error().detail;
        return applied;
      }
    }
    if (field) changed.emplace_back(&name, std::move(*field));
  }
  for (auto& [name, value] : changed) state.Set(*name, std::move(value));
  return {};
}

}  // namespace notify::agent::projection
