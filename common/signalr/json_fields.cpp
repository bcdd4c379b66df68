#include "common/signalr/json_fields.hpp"

#include <algorithm>
#include <limits>

#include "common/signalr/json_scanner.hpp"

namespace notify::signalr {
namespace {

constexpr std::array<std::string_view, 11> kNames = {
    "type", "headers", "invocationId", "target",         "arguments", "streamIds",
    "item", "result",  "error",        "allowReconnect", "sequenceId"};

std::string Quoted(std::string_view name) { return "'" + std::string(name) + "'"; }

std::string Quoted(Field field) { return Quoted(kNames[static_cast<std::size_t>(field)]); }

Error Missing(Field field) {
  return Fail(Errc::kInvalidArgument, "Missing required property " + Quoted(field) + ".");
}

Error WrongType(Field field, std::string_view type) {
  return Fail(Errc::kInvalidArgument,
              "Expected " + Quoted(field) + " to be of type " + std::string(type) + ".");
}

// Nothing for a property that we do not know.
std::optional<std::size_t> FieldOf(RawJson key) {
  std::string decoded;
  std::string_view name = key.substr(1, key.size() - 2);
  if (name.find('\\') != std::string_view::npos) {
    decoded = DecodeJsonString(key).value_or("");
    name = decoded;
  }
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kNames.begin());
}

// Inside a record whose depth was checked, no deeper than that.
constexpr int kChecked = std::numeric_limits<int>::max();

}  // namespace

Result<JsonFields> JsonFields::Split(std::string_view record, int max_depth) {
  JsonFields fields;
  JsonScanner scanner(record, max_depth);
  std::string_view repeated;
  const auto take_argument = [&] {
    const auto value = scanner.Value();
    if (value) fields.arguments_.push_back(*value);
    return value.has_value();
  };
  const auto take_member = [&](RawJson key) {
    const auto field = FieldOf(key);
    if (!field) return scanner.Value().has_value();
    RawJson& raw = fields.raw_[*field];
    if (!raw.empty()) {
      repeated = kNames[*field];
      return false;
    }
    if (*field == static_cast<std::size_t>(Field::kArguments) && scanner.Peek() == '[') {
      raw = "[]";  // says that it is an array; its elements are in `arguments_`
      return scanner.Array(take_argument);
    }
    raw = scanner.Value().value_or("");
    return !raw.empty();
  };
  const bool object = scanner.Peek() == '{';
  const bool good =
      (object ? scanner.Object(take_member) : scanner.Value().has_value()) && scanner.End();
  if (scanner.Failed()) return scanner.Fault();
  if (!good) {
    return Fail(Errc::kInvalidArgument, "The property " + Quoted(repeated) + " comes twice.");
  }
  if (!object) return Fail(Errc::kInvalidArgument, "Expected a JSON Object.");
  return fields;
}

Result<RawJson> JsonFields::Required(Field field) const {
  if (!Has(field)) return Missing(field);
  return Raw(field);
}

Result<std::string> JsonFields::String(Field field) const {
  auto text = OptionalString(field);
  if (!text) return text.error();
  if (!*text) return Missing(field);
  return **text;
}

Result<std::optional<std::string>> JsonFields::OptionalString(Field field) const {
  if (!Has(field)) return std::optional<std::string>();
  if (Raw(field).front() != '"') return WrongType(field, "String");
  auto text = DecodeJsonString(Raw(field));
  if (!text) return Fail(Errc::kInvalidArgument, Quoted(field) + " has half a surrogate pair.");
  return text;
}

Result<std::int64_t> JsonFields::Integer(Field field) const {
  if (!Has(field)) return Missing(field);
  const auto value = DecodeJsonInteger(Raw(field));
  if (!value) return WrongType(field, "Number");
  return *value;
}

Result<bool> JsonFields::Bool(Field field) const {
  const RawJson raw = Raw(field);
  if (raw == "true" || raw == "false" || raw.empty()) return raw == "true";
  return WrongType(field, "Boolean");
}

Result<std::vector<std::string>> JsonFields::StreamIds() const {
  std::vector<std::string> ids;
  if (!Has(Field::kStreamIds)) return ids;
  JsonScanner scanner(Raw(Field::kStreamIds), kChecked);
  const auto take_id = [&] {
    if (scanner.Peek() != '"') return false;
    auto id = DecodeJsonString(*scanner.Value());
    if (id) ids.push_back(std::move(*id));
    return id.has_value();
  };
  if (scanner.Peek() != '[') return WrongType(Field::kStreamIds, "Array");
  if (!scanner.Array(take_id)) {
    return Fail(Errc::kInvalidArgument, "Expected 'streamIds' to be an Array of Strings.");
  }
  return ids;
}

Status JsonFields::CheckHeaders() const {
  if (!Has(Field::kHeaders)) return {};
  JsonScanner scanner(Raw(Field::kHeaders), kChecked);
  if (scanner.Peek() != '{') return WrongType(Field::kHeaders, "Object");
  std::string wrong;
  const auto check = [&](RawJson key) {
    wrong = DecodeJsonString(key).value_or("?");
    return scanner.Peek() == '"' && scanner.Value().has_value();
  };
  if (scanner.Object(check)) return {};
  return Fail(Errc::kInvalidArgument,
              "Expected header " + Quoted(wrong) + " to be of type String.");
}

Result<std::vector<RawJson>> JsonFields::TakeArguments() {
  if (!Has(Field::kArguments)) return Missing(Field::kArguments);
  if (Raw(Field::kArguments).front() != '[') return WrongType(Field::kArguments, "Array");
  return std::move(arguments_);
}

}  // namespace notify::signalr
