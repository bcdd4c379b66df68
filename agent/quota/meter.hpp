#pragma once

#include <atomic>
#include <cstdint>

#include "common/clock.hpp"
#include "common/pace.hpp"

namespace notify::agent::quota {

/// What is spent of a token bucket, kept as one time point (GCRA, virtual scheduling): the moment
/// at which it is full again. So it needs no timer and no lock, and who takes says what the limit
/// is: a limit that changes is in force with the next call.
///
/// Lifetime: as what is counted with it.
/// Threads:  any.
class Meter {
 public:
  /// Takes `cost`, the time in which so much flows in again, out of a bucket that holds `capacity`;
  /// all or nothing. 0: taken; else the exact wait after which it can be taken, where nobody else
  /// takes it first. `cost` is at most `capacity`.
  Clock::Duration Take(Clock::Duration cost, Clock::Duration capacity, Clock::TimePoint now);
  /// Takes one of `limit`. Without a pace nothing is counted.
  Clock::Duration TakeOne(const PaceLimit& limit, Clock::TimePoint now);
  /// Puts back what was taken and not used.
  void GiveBack(Clock::Duration cost);
  /// How much is spent at `now`; 0: the bucket is full.
  Clock::Duration Spent(Clock::TimePoint now) const;

 private:
  std::atomic<std::int64_t> full_at_{0};  // Nanoseconds of the steady clock.
};

}  // namespace notify::agent::quota
