#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/projection/operand.hpp"
#include "common/model/object_reader.hpp"

namespace notify::agent::projection {

/// Bytes of one key's state as JSON.
inline constexpr std::size_t kLargestState = 64 << 10;

/// How an event changes one field of the state (docs/projections.md).
enum class FoldKind : std::uint8_t {
  kCount,  ///< How many events.
  kSum,    ///< Exact, in decimal.
  kMin,    ///< Of numbers, or of texts byte by byte: times in RFC 3339 order themselves.
  kMax,
  kFirst,  ///< The value of the first event that has one.
  kLast,
  kSet,    ///< A value that the definition gives.
  kMerge,  ///< RFC 7396: members of an object replace those before, `null` removes one.
};

/// `count`, `sum`, `min`, `max`, `first`, `last`, `set`, `merge`.
std::string_view FoldName(FoldKind kind);

/// One rule of a field: which events change it, and how.
///
/// Lifetime: a value type.
/// Threads:  any.
struct Fold {
  FoldKind kind = FoldKind::kCount;
  std::optional<Operand> of;    ///< What is folded; none for kCount and kSet.
  bool subtract = false;        ///< Of kSum.
  JsonValue value;              ///< Of kSet.
  std::vector<std::string> on;  ///< Types; empty: all that the projection wants.

  /// Folds an event into `field`, which is nothing before the first. An event that lacks the
  /// operand changes nothing.
  ///
  /// kInvalidArgument  the operand, or what the field holds, is not what the fold works on; `field`
  ///                   is as before.
  Status Apply(const EventInHand& event, std::optional<JsonValue>& field) const;
};

/// Reads a field: a rule `{fold, of?, subtract?, value?, on?}`, or a list of 1 to 16; what is wrong
/// goes to `errors`.
std::vector<Fold> ReadFolds(const nlohmann::json& value, const std::string& pointer,
                            std::vector<FieldError>& errors);

/// The same as JSON: an object for one rule, a list for several.
nlohmann::ordered_json FoldsJson(const std::vector<Fold>& folds);

/// Reads a list of at most 100 type patterns; absent: empty.
std::vector<std::string> ReadTypes(ObjectReader& reader, std::string_view name);

}  // namespace notify::agent::projection
