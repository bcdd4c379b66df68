#pragma once

#include <chrono>
#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/clock.hpp"
#include "common/ids.hpp"
#include "common/model/event.hpp"
#include "common/result.hpp"

namespace notify::agent::consumer {

/// What a consumer is asked to be. Lists are alternatives, members narrow each other.
struct ConsumerSpec {
  std::string name;  ///< 1 to 100 of `[A-Za-z0-9._-]`, no dot first; the hub's have slashes.
  std::vector<std::string> types;   ///< As MatchesType reads them; empty: all.
  std::vector<std::string> topics;  ///< Empty: all.
  std::size_t max_in_flight = 256;  ///< 1 to kMostInFlight.
  Clock::Duration ack_timeout = std::chrono::seconds(30);  ///< 1 s to 12 h.
  int max_attempts = 8;                                    ///< 1 to 100.
  /// How long it stays when nobody uses it, at least 1 min; nothing: for ever.
  std::optional<Clock::Duration> expire_after;
  /// How old an event may get that retention keeps for it only, 0 to 365 d.
  Clock::Duration hold_for = std::chrono::hours(24 * 30);

  static constexpr std::size_t kMostInFlight = 1000;

  bool Wants(const RecordKeys& event) const;
};

/// What a request said: the consumer, and where it begins.
struct ConsumerDraft {
  ConsumerSpec spec;
  std::optional<Position> after;  ///< Nothing: at the log's end, or where it stands.
};

/// Whether a consumer can have that name: 1 to 100 of `[A-Za-z0-9._-]`, no dot first.
bool IsConsumerName(std::string_view name);
/// Whether a consumer can be asked for these: at most 100 texts of 1 to 255 bytes each, types as
/// types, prefixes or `*`. kInvalidArgument names the list.
Status CheckLists(const std::vector<std::string>& types, const std::vector<std::string>& topics);

/// Reads the body of a request. `name` is the path's, or empty: the body's. kInvalidArgument with a
/// pointer for each mistake.
Result<ConsumerDraft> ParseConsumer(std::string_view body, std::string_view name);

/// A position as requests write it: `{"epoch": E, "sequence": N}`, `"E-N"` or `N`. Nothing where it
/// is none.
std::optional<Position> PositionFromJson(const nlohmann::json& value);

/// The members that were asked for, as an object's text; what is kept in state.db.
std::string SpecJson(const ConsumerSpec& spec);
/// Reads SpecJson again. kInternal.
Result<ConsumerSpec> SpecFromJson(std::string_view text);

}  // namespace notify::agent::consumer
