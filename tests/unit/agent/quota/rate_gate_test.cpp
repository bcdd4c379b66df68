#include "agent/quota/rate_gate.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <vector>

#include "tests/support/fake_clock.hpp"

namespace notify::agent::quota {
namespace {

using namespace std::chrono_literals;

TenantId Id(const char* text) { return TenantId::Parse(text).value(); }

class RateGateTest : public testing::Test {
 protected:
  testing_support::FakeClock clock_;
  RateGate gate_{clock_, Id("blue"), Rate{.per_second = 10, .burst = 2}, {2}};
};

TEST_F(RateGateTest, RefusesARequestAboveTheBurstAndSaysHowLongToWait) {
  ASSERT_TRUE(gate_.TryRequest());
  ASSERT_TRUE(gate_.TryRequest());
  const Status third = gate_.TryRequest();
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().code, Errc::kRateLimited);
  EXPECT_EQ(third.error().retry_after, 100ms);
  clock_.Advance(100ms);
  EXPECT_TRUE(gate_.TryRequest());
}

TEST_F(RateGateTest, AConnectionIsFreeAgainWhenItsSlotGoes) {
  auto first = gate_.TryConnect();
  {
    auto second = gate_.TryConnect();
    ASSERT_TRUE(second);
    EXPECT_EQ(gate_.TryConnect().error().code, Errc::kRateLimited);
    EXPECT_EQ(gate_.connections(), 2U);
  }
  EXPECT_TRUE(gate_.TryConnect());
}

TEST_F(RateGateTest, AMovedSlotCountsOnce) {
  std::vector<ConnectionSlot> slots;
  slots.push_back(std::move(*gate_.TryConnect()));
  slots.push_back(std::move(*gate_.TryConnect()));
  EXPECT_EQ(gate_.connections(), 2U);
  slots.clear();
  EXPECT_EQ(gate_.connections(), 0U);
}

TEST_F(RateGateTest, LowerLimitsCloseNobody) {
  auto first = gate_.TryConnect();
  auto second = gate_.TryConnect();
  gate_.SetLimits(std::nullopt, {1});
  EXPECT_EQ(gate_.connections(), 2U);
  EXPECT_FALSE(gate_.TryConnect());
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(gate_.TryRequest());
}

TEST_F(RateGateTest, ARefusedConnectionIsToldWhenToTryAgain) {
  auto first = gate_.TryConnect();
  EXPECT_TRUE(gate_.CheckConnect());
  auto second = gate_.TryConnect();
  EXPECT_EQ(gate_.TryConnect().error().retry_after, kConnectAgainAfter);
  EXPECT_EQ(gate_.CheckConnect().error().code, Errc::kRateLimited);
  EXPECT_EQ(gate_.connections(), 2U) << "a look takes nothing";
}

TEST_F(RateGateTest, FromTheSoftLimitOnConnectionsAreNoticedAndTaken) {
  gate_.SetLimits(std::nullopt, {.most = 4, .soft = 2});
  auto first = gate_.TryConnect();
  EXPECT_FALSE(first->near());
  auto second = gate_.TryConnect();
  EXPECT_TRUE(second->near());
  auto third = gate_.TryConnect();
  EXPECT_TRUE(third->near());
}

TEST_F(RateGateTest, OneTenantsRequestsLeaveAnotherUntouched) {
  RateGate quiet{clock_, Id("green"), Rate{.per_second = 10, .burst = 2}, {2}};
  while (gate_.TryRequest()) {
  }
  EXPECT_TRUE(quiet.TryRequest());
}

}  // namespace
}  // namespace notify::agent::quota
