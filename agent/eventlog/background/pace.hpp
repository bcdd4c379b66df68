#pragma once

#include <functional>

#include "agent/async/task.hpp"
#include "agent/async/timers.hpp"

namespace notify::agent::eventlog {

/// How much is written in the background between two syncs: a commit never waits behind more.
constexpr std::uint64_t kMostDirty = 1 << 20;

/// Leaves the disk to commits between two pieces of background work: rests for a while that grows
/// with what the piece took, and hardly at all when the journal fills up meanwhile.
///
/// Lifetime: as its writer.
/// Threads:  the background executor.
class Pace {
 public:
  /// `pressure` gives how full the journals are, in percent; any thread.
  Pace(async::Timers& timers, std::function<unsigned()> pressure)
      : timers_(timers), pressure_(std::move(pressure)) {}

  /// The beginning of a piece.
  Clock::TimePoint Begin() const { return timers_.clock().Now(); }
  /// Its end.
  async::Task<void> Rest(Clock::TimePoint begun) {
    const unsigned pressure = pressure_();
    const int times = pressure < 25 ? 3 : pressure < 50 ? 1 : 0;
    const Clock::Duration rest = (timers_.clock().Now() - begun) * times;
    if (rest > Clock::Duration::zero()) co_await timers_.Sleep(rest);
  }

 private:
  async::Timers& timers_;
  const std::function<unsigned()> pressure_;
};

}  // namespace notify::agent::eventlog
