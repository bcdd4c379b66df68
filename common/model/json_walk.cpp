#include "common/model/json_walk.hpp"

#include <utility>

namespace notify {
namespace {

using simdjson::ondemand::json_type;

// The walk passes codes and not errors: it runs for every value of every event.
using simdjson::error_code;

Error Invalid(error_code code) {
  switch (static_cast<int>(code)) {
    case simdjson::DEPTH_ERROR:
      return Fail(Errc::kJsonTooDeep, "The JSON is nested too deeply.");
    case simdjson::NUMBER_ERROR:
      return Fail(Errc::kInvalidJson, "This is not a JSON number.");
    case simdjson::N_ATOM_ERROR:
      return Fail(Errc::kInvalidJson, "This is not a JSON value.");
    default:
      return Fail(Errc::kInvalidJson, simdjson::error_message(code));
  }
}

error_code Walk(simdjson::ondemand::value value, int depth);

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

error_code WalkArray(simdjson::ondemand::array array, int depth) {
  for (auto element : array) {
    simdjson::ondemand::value value;
    if (const auto error = std::move(element).get(value)) return error;
    if (const auto error = Walk(value, depth - 1)) return error;
  }
  return simdjson::SUCCESS;
}

error_code WalkObject(simdjson::ondemand::object object, int depth) {
  for (auto member : object) {
    simdjson::ondemand::field field;
    if (const auto error = std::move(member).get(field)) return error;
    // Unescaping is the only check of what stands behind a backslash.
    std::string_view key;
    if (const auto error = field.unescaped_key().get(key)) return error;
    if (const auto error = Walk(field.value(), depth - 1)) return error;
  }
  return simdjson::SUCCESS;
}

error_code WalkScalar(simdjson::ondemand::value& value, json_type type) {
  if (type == json_type::string) {
    std::string_view text;
    return value.get_string().get(text);
  }
  if (type == json_type::number) {
    // Not converted, because a number too large for its type is still JSON; the iterator steps over
    // what was not consumed.
    return IsJsonNumber(value.raw_json_token()) ? simdjson::SUCCESS : simdjson::NUMBER_ERROR;
  }
  if (type == json_type::boolean) {
    bool ignored = false;
    return value.get_bool().get(ignored);
  }
  bool is_null = false;
  if (const auto error = value.is_null().get(is_null)) return error;
  return is_null ? simdjson::SUCCESS : simdjson::N_ATOM_ERROR;
}

error_code Walk(simdjson::ondemand::value value, int depth) {
  json_type type{};
  if (const auto error = value.type().get(type)) return error;
  if (type == json_type::array) {
    simdjson::ondemand::array array;
    if (depth <= 0) return simdjson::DEPTH_ERROR;
    if (const auto error = value.get_array().get(array)) return error;
    return WalkArray(array, depth);
  }
  if (type == json_type::object) {
    simdjson::ondemand::object object;
    if (depth <= 0) return simdjson::DEPTH_ERROR;
    if (const auto error = value.get_object().get(object)) return error;
    return WalkObject(object, depth);
  }
  return WalkScalar(value, type);
}

}  // namespace

bool IsJsonNumber(std::string_view token) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t first = at;
    while (at < token.size() && IsDigit(token[at])) ++at;
    return at > first;
  };
  if (at < token.size() && token[at] == '-') ++at;
  if (at < token.size() && token[at] == '0') {
    ++at;
  } else if (!digits()) {
    return false;
  }
  if (at < token.size() && token[at] == '.') {
    ++at;
    if (!digits()) return false;
  }
  if (at < token.size() && (token[at] == 'e' || token[at] == 'E')) {
    ++at;
    if (at < token.size() && (token[at] == '+' || token[at] == '-')) ++at;
    if (!digits()) return false;
  }
  while (at < token.size() &&
         (token[at] == ' ' || token[at] == '\t' || token[at] == '\n' || token[at] == '\r')) {
    ++at;
  }
  return at == token.size();
}

Status WalkJson(simdjson::ondemand::value value, int depth) {
  if (const auto error = Walk(value, depth)) return Invalid(error);
  return {};
}

Status CheckJsonDocument(simdjson::ondemand::parser& parser, simdjson::padded_string_view padded,
                         int depth) {
  simdjson::ondemand::document document;
  if (const auto error = parser.iterate(padded).get(document)) return Invalid(error);
  bool scalar = false;
  if (const auto error = document.is_scalar().get(scalar)) return Invalid(error);
  if (scalar) {
    // A document that is a scalar is checked by wrapping it: the front end has no value for it.
    std::string wrapped = "[";
    wrapped.append(padded.data(), padded.length());
    wrapped += ']';
    const simdjson::padded_string copy(wrapped);
    simdjson::ondemand::parser second;
    simdjson::ondemand::document array;
    if (const auto error = second.iterate(copy).get(array)) return Invalid(error);
    std::size_t count = 0;
    for (auto element : array.get_array()) {
      simdjson::ondemand::value value;
      if (const auto error = std::move(element).get(value)) return Invalid(error);
      if (auto walked = WalkJson(value, depth); !walked) return walked;
      ++count;
    }
    if (count != 1) return Fail(Errc::kInvalidJson, "This is not one JSON value.");
    return CheckNothingFollows(array);
  }
  simdjson::ondemand::value value;
  if (const auto error = document.get_value().get(value)) return Invalid(error);
  if (auto walked = WalkJson(value, depth); !walked) return walked;
  return CheckNothingFollows(document);
}

Status CheckNothingFollows(simdjson::ondemand::document& document) {
  if (document.current_location().error() == simdjson::OUT_OF_BOUNDS) return {};
  return Fail(Errc::kInvalidJson, "There is text after the JSON document.");
}

}  // namespace notify
