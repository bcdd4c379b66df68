#pragma once

#include <chrono>

namespace notify {

/// Where time comes from. Real time is read in clock.cpp only; tests inject their own.
/// Threads: any.
class Clock {
 public:
  using Duration = std::chrono::nanoseconds;
  /// Wall time, since the Unix epoch. May step; for stamps that people read.
  using WallTime = std::chrono::sys_time<Duration>;
  /// Never goes back, unrelated to any calendar; for waits, ages and limits.
  using TimePoint = std::chrono::time_point<std::chrono::steady_clock, Duration>;

  virtual ~Clock() = default;
  virtual WallTime WallNow() const = 0;
  virtual TimePoint Now() const = 0;
};

/// The system's clocks. Lives as long as the process.
const Clock& SystemClock();

}  // namespace notify
