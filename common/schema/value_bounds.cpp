#include "common/schema/value_bounds.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace notify::schema {
namespace {

using Json = nlohmann::json;

std::string TypeOf(const Json& value) {
  if (value.is_number_integer()) return "integer";
  return value.type_name();
}

/// The strictest of a keyword, its exclusive form, and the values.
Bound End(const Json& node, const char* keyword, const char* exclusive, bool lower) {
  Bound bound;
  const auto take = [&](const char* name, double value, bool open) {
    const bool stricter = lower ? value > bound.value : value < bound.value;
    if (bound.bounded && !stricter && !(value == bound.value && open)) return;
    bound = {name, value, open, true};
  };
  if (node.contains(keyword)) take(keyword, node.at(keyword).get<double>(), false);
  if (node.contains(exclusive)) take(exclusive, node.at(exclusive).get<double>(), true);
  if (bound.bounded) return bound;
  if (const auto values = ValuesOf(node)) {
    for (const Json& value : *values) {
      if (!value.is_number()) continue;
      const double number = value.get<double>();
      const double end = !bound.bounded ? number
                         : lower        ? std::min(bound.value, number)
                                        : std::max(bound.value, number);
      bound = {nullptr, end, false, true};
    }
  }
  return bound;
}

}  // namespace

std::set<std::string> TypesOf(const Json& node) {
  std::set<std::string> types = {"array",  "boolean", "integer", "null",
                                 "number", "object",  "string"};
  if (const auto type = node.find("type"); type != node.end()) {
    types =
        type->is_string() ? std::set{type->get<std::string>()} : type->get<std::set<std::string>>();
    if (types.contains("number")) types.insert("integer");
  }
  if (const auto values = ValuesOf(node)) {
    std::set<std::string> present;
    for (const Json& value : *values) present.insert(TypeOf(value));
    std::erase_if(types, [&](const std::string& type) { return !present.contains(type); });
  }
  return types;
}

std::optional<std::vector<Json>> ValuesOf(const Json& node) {
  if (node.contains("const")) return std::vector<Json>{node.at("const")};
  if (node.contains("enum")) return node.at("enum").get<std::vector<Json>>();
  return std::nullopt;
}

bool Bound::AtLeast(const Bound& least) const {
  return bounded &&
         (value > least.value || (value == least.value && (exclusive || !least.exclusive)));
}

bool Bound::AtMost(const Bound& most) const {
  return bounded && (value < most.value || (value == most.value && (exclusive || !most.exclusive)));
}

Bound LowerBound(const Json& node) { return End(node, "minimum", "exclusiveMinimum", true); }
Bound UpperBound(const Json& node) { return End(node, "maximum", "exclusiveMaximum", false); }

std::uint64_t CodePoints(const std::string& text) {
  return static_cast<std::uint64_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool IsMultiple(const Json& value, const Json& divisor) {
  if (value.is_number_integer() && divisor.is_number_unsigned()) {
    // By magnitude: the smallest int64 modulo -1 would be a trap.
    const auto bits = static_cast<std::uint64_t>(value.get<std::int64_t>());
    const bool negative = !value.is_number_unsigned() && value.get<std::int64_t>() < 0;
    return (negative ? 0 - bits : value.get<std::uint64_t>()) % divisor.get<std::uint64_t>() == 0;
  }
  // 19.99 is 1999 × 0.01 to a reader, and 1998.9999999999998 to a processor.
  const double ratio = value.get<double>() / divisor.get<double>();
  return std::isfinite(ratio) &&
         std::abs(ratio - std::round(ratio)) <= 1e-9 * std::max(1.0, std::abs(ratio));
}

SizeRange SizeOf(const Json& node, const char* least, const char* most) {
  SizeRange range;
  if (node.contains(least)) range.least = node.at(least).get<std::uint64_t>();
  if (node.contains(most)) range.most = node.at(most).get<std::uint64_t>();
  const auto values = ValuesOf(node);
  if (!values || std::string_view(least) != "minLength") return range;
  std::uint64_t shortest = UINT64_MAX;
  std::uint64_t longest = 0;
  for (const Json& value : *values) {
    if (!value.is_string()) continue;
    shortest = std::min(shortest, CodePoints(value.get_ref<const std::string&>()));
    longest = std::max(longest, CodePoints(value.get_ref<const std::string&>()));
  }
  if (longest >= shortest || shortest != UINT64_MAX) {
    range.least = std::max(range.least, shortest);
    range.most = std::min(range.most, longest);
  }
  return range;
}

}  // namespace notify::schema
