#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/flow/condition.hpp"
#include "agent/projection/fold.hpp"

namespace notify::agent::projection {

/// What a projection is: which events it wants, by what they are told apart, and what is kept of
/// them for each key (docs/projections.md).
///
/// Lifetime: a value type.
/// Threads:  any.
struct Definition {
  static constexpr std::size_t kMostFields = 32;
  static constexpr std::size_t kLongestKey = 512;  ///< Bytes.

  std::string name;                             ///< `[a-z0-9][a-z0-9._-]{0,63}`
  std::vector<std::string> types;               ///< As MatchesType reads them; empty: all.
  std::vector<Condition> when;                  ///< All must hold.
  std::vector<std::optional<Operand>> when_of;  ///< What each looks at; nothing: is never there.
  Operand key;
  std::vector<std::pair<std::string, std::vector<Fold>>> fields;  ///< By name, in their order.
  std::vector<std::string> remove_on;  ///< Types whose events take their key away.
};

/// The name of the built-in projection that metrics are counted by.
inline constexpr std::string_view kMetricsName = "metrics";

/// Reads the body of a request. `name` is the path's, or empty: the body's. kInvalidArgument with a
/// pointer for each mistake.
Result<Definition> ParseDefinition(std::string_view body, std::string_view name);

/// As an object's text, which ParseDefinition reads again. Equal definitions have equal texts.
std::string DefinitionJson(const Definition& definition);

/// Whether events of this type can count.
bool MayWant(const Definition& definition, std::string_view type);

/// What an event does to one key.
struct Change {
  enum class Kind { kNone, kUpdate, kRemove };
  Kind kind = Kind::kNone;
  std::string key;
};

/// Whether and where the event counts, by its attributes, conditions and key.
///
/// kInvalidArgument  it counts, but has no usable key.
Result<Change> ChangeOf(const Definition& definition, const EventInHand& event);

/// Folds the event into the state of its key, an object with a member for each field that has a
/// value. Whole or not at all.
///
/// kInvalidArgument  why it cannot be folded; `state` is as before.
Status FoldInto(const Definition& definition, const EventInHand& event, JsonValue& state);

}  // namespace notify::agent::projection
