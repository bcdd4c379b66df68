#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "agent/quota/meter.hpp"
#include "common/clock.hpp"

namespace notify::agent::quota {

/// A sustained rate and the burst that may be spent at once. Both are at least 1.
struct Rate {
  std::uint32_t per_second = 1;
  std::uint32_t burst = 1;
  bool operator==(const Rate&) const = default;

  /// Nothing where no rate is set; a burst that is not set is one second's worth.
  static std::optional<Rate> Of(const std::optional<std::uint32_t>& per_second,
                                const std::optional<std::uint32_t>& burst);
};

/// A token bucket with a rate of its own, on a Meter. A cost is rounded up to whole nanoseconds.
///
/// Lifetime: as its gate.
/// Threads:  any.
class Bucket {
 public:
  /// A new bucket is full. Nothing: no limit.
  explicit Bucket(std::optional<Rate> rate) { SetRate(rate); }

  /// From now on another rate; what is spent stays spent.
  void SetRate(std::optional<Rate> rate);
  std::optional<Rate> rate() const;

  /// Takes `amount`, all or nothing. 0: taken; else the exact wait after which it can be taken,
  /// where nobody else takes it first. `amount` is at most the burst.
  Clock::Duration Take(std::uint32_t amount, Clock::TimePoint now);

  /// Puts back what was taken and not used.
  void GiveBack(std::uint32_t amount);

  /// What could be taken at `now`; the largest number where there is no limit.
  std::uint32_t Available(Clock::TimePoint now) const;

 private:
  // Burst above, rate below; 0 where there is no limit. One word, so that both change together.
  std::atomic<std::uint64_t> packed_{0};
  Meter meter_;
};

}  // namespace notify::agent::quota
