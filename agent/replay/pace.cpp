#include "agent/replay/pace.hpp"

#include <algorithm>
#include <chrono>

namespace notify::agent::replay {
namespace {

// What timers are late by is caught up; what a receiver was slow by is not.
constexpr auto kCaughtUp = std::chrono::milliseconds(100);

}  // namespace

Clock::TimePoint Pace::Next(Clock::TimePoint now, std::int64_t recorded_ms) {
  if (!recorded_ms_) {
    recorded_ms_ = recorded_ms;
    due_ = now;
    return due_;
  }
  std::chrono::duration<double> gap{0};
  if (limits_.rate > 0) gap = std::chrono::duration<double>(1 / limits_.rate);
  if (limits_.speed > 0) {
    const auto recorded =
        static_cast<double>(std::max<std::int64_t>(recorded_ms - *recorded_ms_, 0));
    gap = std::max(gap, std::chrono::duration<double>(recorded / 1000 / limits_.speed));
  }
  recorded_ms_ = recorded_ms;
  due_ = std::max(due_, now - kCaughtUp) + std::chrono::duration_cast<Clock::Duration>(gap);
  return due_;
}

double SecondsFor(PaceLimits limits, std::uint64_t events, std::int64_t recorded_ms) {
  double seconds = 0;
  if (limits.rate > 0 && events > 0) seconds = static_cast<double>(events - 1) / limits.rate;
  if (limits.speed > 0) {
    seconds = std::max(seconds, static_cast<double>(recorded_ms) / 1000 / limits.speed);
  }
  return seconds;
}

}  // namespace notify::agent::replay
