#include "agent/auth/failure_delays.hpp"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.hpp"

namespace notify::agent::auth {
namespace {

using namespace std::chrono_literals;

class FailureDelaysTest : public testing::Test {
 protected:
  Clock::Duration After(int failures, const char* account, const char* address) {
    Clock::Duration delay{};
    for (int i = 0; i < failures; ++i) delay = delays_.Failed(account, address);
    return delay;
  }
  testing_support::FakeClock clock_;
  FailureDelays delays_{clock_};
};

TEST_F(FailureDelaysTest, AFewMistakesCostNothing) {
  EXPECT_EQ(After(3, "blue-1", "10.0.0.1"), 0s);
}

TEST_F(FailureDelaysTest, GuessingGetsSlowerUpToTwoSeconds) {
  EXPECT_EQ(After(4, "blue-1", "10.0.0.1"), 50ms);
  EXPECT_EQ(After(1, "blue-1", "10.0.0.1"), 100ms);
  EXPECT_EQ(After(100, "blue-1", "10.0.0.1"), FailureDelays::kLongest);
}

TEST_F(FailureDelaysTest, CountsAnAccountFromManyAddressesAndAnAddressWithManyAccounts) {
  for (const char* address : {"10.0.0.1", "10.0.0.2", "10.0.0.3"}) After(1, "blue-1", address);
  EXPECT_EQ(After(1, "blue-1", "10.0.0.4"), 50ms);
  for (const char* account : {"a", "b", "c"}) After(1, account, "10.9.9.9");
  EXPECT_EQ(After(1, "d", "10.9.9.9"), 50ms);
}

TEST_F(FailureDelaysTest, OneCallersFailuresDoNotSlowAnother) {
  After(100, "blue-1", "10.0.0.1");
  EXPECT_EQ(After(1, "green-1", "10.0.0.2"), 0s);
}

TEST_F(FailureDelaysTest, ForgetsAfterAMinute) {
  After(100, "blue-1", "10.0.0.1");
  clock_.Advance(1min);
  EXPECT_EQ(After(1, "blue-1", "10.0.0.1"), 0s);
}

}  // namespace
}  // namespace notify::agent::auth
