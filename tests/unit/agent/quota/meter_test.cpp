#include "agent/quota/meter.hpp"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.hpp"

namespace notify::agent::quota {
namespace {

using namespace std::chrono_literals;

class MeterTest : public testing::Test {
 protected:
  Clock::Duration Take(const PaceLimit& limit) { return meter_.TakeOne(limit, clock_.Now()); }

  testing_support::FakeClock clock_;
  Meter meter_;
  const PaceLimit limit_{Pace{6, 1min}, 2};
};

TEST_F(MeterTest, ABurstPassesAtOnceAndThenThePaceCounts) {
  EXPECT_EQ(Take(limit_), 0s);
  EXPECT_EQ(Take(limit_), 0s);
  EXPECT_EQ(Take(limit_), 10s);
  clock_.Advance(10s - 1ns);
  EXPECT_EQ(Take(limit_), 1ns);
  clock_.Advance(1ns);
  EXPECT_EQ(Take(limit_), 0s);
}

TEST_F(MeterTest, ARefusalSpendsNothing) {
  Take(limit_);
  Take(limit_);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Take(limit_), 10s);
  EXPECT_EQ(meter_.Spent(clock_.Now()), 20s);
}

TEST_F(MeterTest, IsFullAgainAfterARestAndNeverFuller) {
  Take(limit_);
  clock_.Advance(24h);
  EXPECT_EQ(meter_.Spent(clock_.Now()), 0s);
  Take(limit_);
  Take(limit_);
  EXPECT_GT(Take(limit_), 0s);
}

TEST_F(MeterTest, AnotherLimitIsInForceWithTheNextCall) {
  Take(limit_);
  Take(limit_);
  EXPECT_EQ(Take({Pace{60, 1s}, 1'000'000}), 0s);
  EXPECT_EQ(Take({}), 0s) << "no limit";
}

TEST_F(MeterTest, TheLargestLimitDoesNotOverflow) {
  const PaceLimit largest{Pace{1, 1h}, Pace::kMostCount};
  EXPECT_EQ(Take(largest), 0s);
  EXPECT_EQ(meter_.Spent(clock_.Now()), 1h);
}

}  // namespace
}  // namespace notify::agent::quota
