#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace notify::schema {

/// Of this folder's own: what single values are, and what a schema's own keywords leave of them,
/// without those of other schemas that it combines. `node` is an object.

/// By name; `integer` where numbers must be whole, both where they need not.
std::set<std::string> TypesOf(const nlohmann::json& node);

/// Those of `enum` or `const`, where there are only so many.
std::optional<std::vector<nlohmann::json>> ValuesOf(const nlohmann::json& node);

/// One end of a range of numbers.
struct Bound {
  const char* keyword = nullptr;  ///< That sets it; null: the values set it, or nothing does.
  double value = 0;
  bool exclusive = false;
  bool bounded = false;

  bool AtLeast(const Bound& least) const;
  bool AtMost(const Bound& most) const;
};
Bound LowerBound(const nlohmann::json& node);
Bound UpperBound(const nlohmann::json& node);

/// Characters of UTF-8 text, by which lengths are counted.
std::uint64_t CodePoints(const std::string& text);

/// Whether a number is a multiple of a divisor above zero; near enough, where one has a fraction.
bool IsMultiple(const nlohmann::json& value, const nlohmann::json& divisor);

/// The range that a pair of keywords (`minLength`, `maxLength`) leaves.
struct SizeRange {
  std::uint64_t least = 0;
  std::uint64_t most = UINT64_MAX;
};
SizeRange SizeOf(const nlohmann::json& node, const char* least, const char* most);

}  // namespace notify::schema
