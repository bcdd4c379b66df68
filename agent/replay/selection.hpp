#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/ids.hpp"
#include "common/model/event.hpp"

namespace notify::agent::replay {

/// Which events of a log are replayed. Empty members let everything pass.
///
/// Threads:  any, as a value.
struct Selection {
  std::optional<Position> after;         ///< Exclusive.
  std::optional<Position> last;          ///< Inclusive.
  std::optional<std::int64_t> since_ms;  ///< Unix ms, inclusive.
  std::optional<std::int64_t> until_ms;  ///< Unix ms, exclusive.
  bool by_event_time = false;            ///< The times are compared with `time`, not with
                                         ///< `recordedtime`.
  std::vector<std::string> types;        ///< Types, or prefixes as in `fx.*`.
  std::string subject;
  std::string stream;
  std::string userid;
  std::string topic;

  /// Whether an event that was recorded at `recorded_ms` is one of them. Positions are the reader's
  /// question.
  bool Matches(const EventView& event, std::int64_t recorded_ms) const;

  /// Whether no event recorded at `recorded_ms` or later can match: the log's clock never goes
  /// back, the callers' clocks do.
  bool IsOver(std::int64_t recorded_ms) const {
    return !by_event_time && until_ms && recorded_ms >= *until_ms;
  }
};

}  // namespace notify::agent::replay
