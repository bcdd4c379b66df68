#pragma once

#include <cstdint>
#include <optional>

#include "common/clock.hpp"

namespace notify::agent::replay {

/// How fast events may follow each other. Both may be set: the slower one counts.
struct PaceLimits {
  double rate = 0;   ///< Events a second; 0: no limit.
  double speed = 0;  ///< Times the pace at which they were recorded; 0: it does not matter.
};

/// Says when each event of a replay may go. Time that a slow receiver took is not made up for, up
/// to the little that timers are late: the receiver is not flooded once it takes events again.
///
/// Lifetime: as one run of a replay.
/// Threads:  one.
class Pace {
 public:
  explicit Pace(PaceLimits limits) : limits_(limits) {}

  /// When the next event may go, at the earliest `now`'s worth of lateness ago; the first may go at
  /// once. `recorded_ms` is the event's; asking is what counts it.
  Clock::TimePoint Next(Clock::TimePoint now, std::int64_t recorded_ms);

 private:
  const PaceLimits limits_;
  std::optional<std::int64_t> recorded_ms_;  // Of the event before.
  Clock::TimePoint due_{};
};

/// How long `events` events take that were recorded over `recorded_ms` milliseconds, in seconds.
double SecondsFor(PaceLimits limits, std::uint64_t events, std::int64_t recorded_ms);

}  // namespace notify::agent::replay
