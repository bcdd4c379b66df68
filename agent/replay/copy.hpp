#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/ids.hpp"
#include "common/model/event.hpp"

namespace notify::agent::replay {

/// The id that the event at `original` has in a replay: the same each time that the same replay
/// gives it, so that a second time is a duplicate.
std::string ReplayedId(std::string_view token, Position original);

/// How a copy is stored.
struct CopyOptions {
  std::string_view token;
  Position original;
  bool fires = false;     ///< Rules see it.
  bool same_log = false;  ///< It stands in the log of its original, whose streams it must not
                          ///< lengthen.
};

/// Appends the record of a stored copy: a new event with `replayof`, `replayid` and, where it
/// fires, `replaytriggers`.
void AppendCopy(std::string& records, EventView event, const CopyOptions& options);

/// The original's position, where `event` is a stored copy; sequence 0 where it is none.
Position OriginalOf(const EventView& event);

/// Whether rules see an event: every one but a copy that was stored without them.
bool RulesSee(const EventView& event);

/// The replay that stored a copy; empty where `event` is none.
std::string ReplayOf(const EventView& event);

}  // namespace notify::agent::replay
