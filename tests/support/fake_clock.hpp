#pragma once

#include "common/clock.hpp"

namespace notify::testing_support {

/// A clock that moves only when told. It begins on 2026-06-30T12:00:00Z.
class FakeClock final : public Clock {
 public:
  WallTime WallNow() const override { return wall_; }
  TimePoint Now() const override { return steady_; }
  void Advance(Duration by) {
    wall_ += by;
    steady_ += by;
  }

 private:
  WallTime wall_{std::chrono::seconds(1'782'820'800)};
  TimePoint steady_{std::chrono::hours(1)};
};

}  // namespace notify::testing_support
