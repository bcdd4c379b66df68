#include <simdjson.h>

#include <algorithm>
#include <cctype>

#include "common/model/json_value.hpp"
#include "common/model/json_walk.hpp"

namespace notify {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr int kDeepest = 256;

Error NotJson(const char* at, std::string_view json) {
  const auto offset = std::min(static_cast<std::size_t>(at - json.data()), json.size());
  const auto before = json.substr(0, offset);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const auto start = before.rfind('\n');
  const auto column = before.size() - (start == std::string_view::npos ? 0 : start + 1) + 1;
  return Fail(Errc::kInvalidJson, "This is not valid JSON: it stops making sense at line " +
                                      std::to_string(line) + ", column " + std::to_string(column) +
                                      ".");
}

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) {
    text.remove_suffix(1);
  }
  return text;
}

// False where the text is not JSON or too deep, which `too_deep` tells apart.
class Reader {
 public:
  bool Read(ondemand::value source, JsonValue& into, int depth) {
    ondemand::json_type type{};
    if (source.type().get(type) != simdjson::SUCCESS) return false;
    switch (type) {
      case ondemand::json_type::array:
        return ReadArray(source, into, depth + 1);
      case ondemand::json_type::object:
        return ReadObject(source, into, depth + 1);
      case ondemand::json_type::number: {
        const auto digits = Trimmed(source.raw_json_token());
        into = JsonValue::Number(std::string(digits));
        return IsJsonNumber(digits) && Skip(source);
      }
      case ondemand::json_type::string: {
        std::string_view text;
        if (source.get_string().get(text) != simdjson::SUCCESS) return false;
        into = JsonValue{text};
        return true;
      }
      case ondemand::json_type::boolean: {
        bool value = false;
        if (source.get_bool().get(value) != simdjson::SUCCESS) return false;
        into = JsonValue{value};
        return true;
      }
      case ondemand::json_type::null: {
        into = JsonValue{};
        bool null = false;
        return source.is_null().get(null) == simdjson::SUCCESS && null;
      }
    }
    return false;
  }

  bool too_deep = false;

 private:
  // A number is consumed by reading it; what it is worth does not matter.
  static bool Skip(ondemand::value source) {
    double ignored = 0;
    const auto error = source.get_double().get(ignored);
    return error == simdjson::SUCCESS || error == simdjson::NUMBER_ERROR;
  }

  bool ReadArray(ondemand::value source, JsonValue& into, int depth) {
    if (depth > kDeepest) return !(too_deep = true);
    into = JsonValue::Array();
    ondemand::array array;
    if (source.get_array().get(array) != simdjson::SUCCESS) return false;
    for (auto item : array) {
      ondemand::value inner;
      if (item.get(inner) != simdjson::SUCCESS) return false;
      if (!Read(inner, into.items().emplace_back(), depth)) return false;
    }
    return true;
  }

  bool ReadObject(ondemand::value source, JsonValue& into, int depth) {
    if (depth > kDeepest) return !(too_deep = true);
    into = JsonValue::Object();
    ondemand::object object;
    if (source.get_object().get(object) != simdjson::SUCCESS) return false;
    for (auto field : object) {
      std::string_view key;
      if (field.unescaped_key().get(key) != simdjson::SUCCESS) return false;
      std::string name(key);
      JsonValue inner;
      ondemand::value value;
      if (field.value().get(value) != simdjson::SUCCESS) return false;
      if (!Read(value, inner, depth)) return false;
      into.Append(std::move(name), std::move(inner));
    }
    return true;
  }
};

bool AtEnd(ondemand::document& document) {
  const char* at = nullptr;
  return document.current_location().get(at) == simdjson::OUT_OF_BOUNDS;
}

}  // namespace

Result<JsonValue> JsonValue::Parse(std::string_view json) {
  // simdjson treats a bare scalar as a special case; as the one item of an array it is none.
  simdjson::padded_string padded("[" + std::string(json) + "]");
  const std::string_view text(padded.data() + 1, json.size());
  ondemand::parser parser;
  ondemand::document document;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS) return NotJson(text.data(), text);
  Reader reader;
  auto value = JsonValue::Array();
  ondemand::value whole;
  bool good = document.get_value().get(whole) == simdjson::SUCCESS &&
              reader.Read(whole, value, -1) && AtEnd(document);
  if (reader.too_deep) {
    return Fail(Errc::kJsonTooDeep,
                "The JSON has more than " + std::to_string(kDeepest) + " levels.");
  }
  good = good && value.items().size() == 1;
  if (good) return std::move(value.items().front());
  const char* at = text.data();
  if (document.current_location().get(at) != simdjson::SUCCESS) at = text.data() + text.size();
  return NotJson(std::max(at, text.data()), text);
}

}  // namespace notify
