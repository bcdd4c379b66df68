#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/replay/request.hpp"
#include "common/model/gap.hpp"

namespace notify::agent::replay {

/// Where a replay stands.
enum class State : std::uint8_t {
  kRunning,
  kInterrupted,  ///< Goes on after its position when it is resumed.
  kCompleted,
  kCancelled,
};

/// `running`, `interrupted`, `completed`, `cancelled`.
std::string_view StateName(State state);

/// What became of the events that matched.
struct Counts {
  std::uint64_t sent = 0;        ///< Went out, or were stored.
  std::uint64_t skipped = 0;     ///< Cannot be stored: the agent's own events of another time.
  std::uint64_t failed = 0;      ///< Given up.
  std::uint64_t duplicates = 0;  ///< Stored before, or copies of an event of the same range.

  std::uint64_t events() const { return sent + skipped + failed + duplicates; }
  bool operator==(const Counts&) const = default;
};

/// One replay: what was asked for, and how far it came. Durable, as a row of state.db.
///
/// Threads:  any, as a value.
struct Replay {
  std::string token;  ///< Names it, and is what its copies' ids are derived from.
  Request request;    ///< `selection.last` is set: where the range ends.
  std::string body;   ///< What the caller sent, hashed: the same key with another one is an error.
  State state = State::kRunning;
  Position start;                 ///< The range begins behind it.
  Position position;              ///< The last event that was dealt with.
  std::optional<Position> first;  ///< The first event that matched.
  std::int64_t first_ms = 0;      ///< When it and the last one were recorded, Unix ms.
  std::int64_t last_ms = 0;
  Counts counts;
  std::vector<Gap> gaps;        ///< Where the log could not be read; the first kMostGaps.
  std::string error;            ///< Why it was interrupted; empty where nothing was wrong.
  std::int64_t created_ms = 0;  ///< Unix ms.
  std::int64_t updated_ms = 0;  ///< Unix ms.
  std::int64_t running_ms = 0;  ///< How long it ran, all runs together.

  static constexpr std::size_t kMostGaps = 16;

  bool ended() const { return state == State::kCompleted || state == State::kCancelled; }
  /// How much of the range lies behind it, 0 to 1.
  double progress() const;
  /// Notes that an event matched.
  void Met(Position event, std::int64_t recorded_ms);
};

/// The replay as the API shows it (docs/replay.md): a report once it has ended.
std::string ReplayJson(const Replay& replay);

}  // namespace notify::agent::replay
