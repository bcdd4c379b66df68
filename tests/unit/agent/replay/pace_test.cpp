#include "agent/replay/pace.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/fake_clock.hpp"

namespace notify::agent::replay {
namespace {

using namespace std::chrono_literals;

class PaceTest : public testing::Test {
 protected:
  /// When events recorded at these milliseconds go, after the first, where nobody slows them down.
  std::vector<double> SecondsAfterTheFirst(PaceLimits limits, std::vector<std::int64_t> recorded) {
    Pace pace(limits);
    std::vector<double> seconds;
    const auto begun = clock_.Now();
    for (const std::int64_t ms : recorded) {
      const auto due = pace.Next(clock_.Now(), ms);
      if (due > clock_.Now()) clock_.Advance(due - clock_.Now());
      seconds.push_back(std::chrono::duration<double>(clock_.Now() - begun).count());
    }
    return seconds;
  }
  testing_support::FakeClock clock_;
};

TEST_F(PaceTest, ARateSpacesEventsEvenly) {
  EXPECT_EQ(SecondsAfterTheFirst({.rate = 4}, {0, 0, 9000}), (std::vector<double>{0, 0.25, 0.5}));
}

TEST_F(PaceTest, OriginalSpeedKeepsTheDistancesOfTheRecordedTimes) {
  EXPECT_EQ(SecondsAfterTheFirst({.speed = 1}, {5000, 5000, 7500, 8000}),
            (std::vector<double>{0, 0, 2.5, 3}));
}

TEST_F(PaceTest, TenTimesTheSpeedIsATenthOfTheDistances) {
  EXPECT_EQ(SecondsAfterTheFirst({.speed = 10}, {0, 2500}), (std::vector<double>{0, 0.25}));
}

TEST_F(PaceTest, TheSlowerOfRateAndSpeedCounts) {
  EXPECT_EQ(SecondsAfterTheFirst({.rate = 2, .speed = 1}, {0, 100, 2100}),
            (std::vector<double>{0, 0.5, 2.5}));
}

TEST_F(PaceTest, WithoutLimitsNothingWaits) {
  EXPECT_EQ(SecondsAfterTheFirst({}, {0, 1000, 99000}), (std::vector<double>{0, 0, 0}));
}

TEST_F(PaceTest, TimeThatAReceiverTookIsNotMadeUpFor) {
  Pace pace({.rate = 10});
  pace.Next(clock_.Now(), 0);
  clock_.Advance(60s);
  int at_once = 0;
  while (pace.Next(clock_.Now(), 0) <= clock_.Now()) ++at_once;
  EXPECT_LE(at_once, 1);
}

TEST(SecondsFor, IsTheLongerOfRateAndDistances) {
  EXPECT_EQ(SecondsFor({.rate = 10}, 101, 5000), 10);
  EXPECT_EQ(SecondsFor({.rate = 10, .speed = 1}, 11, 5000), 5);
  EXPECT_EQ(SecondsFor({}, 1000, 5000), 0);
  EXPECT_EQ(SecondsFor({.rate = 10}, 0, 0), 0);
}

}  // namespace
}  // namespace notify::agent::replay
