#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "common/clock.hpp"

namespace notify::agent::auth {

/// How long failed authentication waits for its answer, by account and by address: nothing for the
/// first three, then doubling to 2 s; forgotten after a minute without one. A valid credential
/// never waits, so that nobody can lock somebody out.
///
/// Lifetime: one for each I/O thread; 64 KiB, allocated with the first failure.
/// Threads:  its thread.
class FailureDelays {
 public:
  static constexpr Clock::Duration kLongest = std::chrono::seconds(2);

  explicit FailureDelays(const Clock& clock) : clock_(clock) {}

  /// Counts a failure and says how long its answer waits. Either may be empty.
  Clock::Duration Failed(std::string_view account, std::string_view address);

 private:
  // Each has one place, by its hash; another one that falls there begins anew.
  struct Place {
    std::uint64_t hash = 0;
    std::uint32_t failures = 0;
    Clock::TimePoint last;
  };
  static constexpr std::size_t kPlaces = 2048;
  std::uint32_t Count(std::string_view kind, std::string_view name);

  const Clock& clock_;
  std::unique_ptr<std::array<Place, kPlaces>> places_;
};

}  // namespace notify::agent::auth
