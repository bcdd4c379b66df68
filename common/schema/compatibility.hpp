#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/result.hpp"
#include "common/schema/json_schema.hpp"

namespace notify::schema {

/// What a new version of a type's schema must keep to (docs/schemas.md has the rules).
enum class Compatibility : std::uint8_t {
  kNone,      ///< Nothing.
  kBackward,  ///< What fits the version before fits the new one: the log stays readable.
  kFull,      ///< And the other way round: readers of the version before go on too.
};

/// `none`, `backward`, `full`.
std::string_view CompatibilityName(Compatibility rule);
/// kInvalidArgument names the three.
Result<Compatibility> ParseCompatibility(std::string_view name);

/// Whether `newer` may follow `older` under `rule`. Where the two cannot be compared for certain
/// the answer is no: a rule that guesses is none.
///
/// kConflict  pointer and line in `newer` and a sentence for each reason; at most 20.
Status CheckCompatible(const JsonSchema& older, const JsonSchema& newer, Compatibility rule);

}  // namespace notify::schema
