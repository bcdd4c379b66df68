#include "agent/quota/quota_gate.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>
#include <vector>

#include "tests/support/fake_clock.hpp"

namespace notify::agent::quota {
namespace {

using namespace std::chrono_literals;

TenantId Id(const char* text) { return TenantId::Parse(text).value(); }

class QuotaGateTest : public testing::Test {
 protected:
  /// Asks for events that are then accepted.
  bool Admits(std::uint32_t events) {
    auto admission = gate_.TryAdmit(events);
    if (admission) admission->Settle(events);
    return admission.has_value();
  }
  Error Refusal(std::uint32_t events) { return gate_.TryAdmit(events).error(); }

  testing_support::FakeClock clock_;
  QuotaGate gate_{clock_, Id("noisy"), Rate{.per_second = 2, .burst = 4}};
};

TEST_F(QuotaGateTest, NewGateAdmitsAWholeBurst) { EXPECT_TRUE(Admits(4)); }

TEST_F(QuotaGateTest, RefusalSaysExactlyHowLongToWait) {
  ASSERT_TRUE(Admits(4));
  EXPECT_EQ(Refusal(1).code, Errc::kQuotaExceeded);
  EXPECT_EQ(Refusal(1).retry_after, 500ms);
  EXPECT_EQ(Refusal(4).retry_after, 2s);
}

TEST_F(QuotaGateTest, AdmitsAgainOnceTheAdvisedWaitHasPassed) {
  ASSERT_TRUE(Admits(4));
  clock_.Advance(500ms - 1ns);
  EXPECT_FALSE(Admits(1));
  clock_.Advance(1ns);
  EXPECT_TRUE(Admits(1));
  EXPECT_FALSE(Admits(1));
}

TEST_F(QuotaGateTest, IdleTimeNeverSavesMoreThanOneBurst) {
  clock_.Advance(24h);
  EXPECT_EQ(gate_.Available(), 4U);
  EXPECT_TRUE(Admits(4));
  EXPECT_FALSE(Admits(1));
}

TEST_F(QuotaGateTest, APartOfAnAdmissionIsSettledAlone) {
  auto admission = gate_.TryAdmit(4);
  ASSERT_TRUE(admission);
  {
    Admission later = admission->Split(3);
    EXPECT_EQ(later.events(), 3U);
    later.Settle(1);
  }
  EXPECT_EQ(gate_.Available(), 2U) << "two of the part were given back";
  EXPECT_EQ(admission->events(), 1U);
  admission->Settle(1);
  EXPECT_EQ(gate_.Available(), 2U);
}

TEST_F(QuotaGateTest, ABatchAboveTheBurstIsTooLargeRatherThanThrottled) {
  EXPECT_EQ(Refusal(5).code, Errc::kBatchTooLargeForQuota);
  EXPECT_FALSE(Refusal(5).retry_after.has_value());
}

TEST_F(QuotaGateTest, WhatTheLogDidNotAcceptIsGivenBack) {
  {
    auto admission = gate_.TryAdmit(4);
    ASSERT_TRUE(admission);
    admission->Settle(1);
  }
  EXPECT_EQ(gate_.Available(), 3U);
}

TEST_F(QuotaGateTest, AnAdmissionThatNobodySettlesIsGivenBackWhole) {
  { auto admission = gate_.TryAdmit(4); }
  EXPECT_TRUE(Admits(4));
}

TEST_F(QuotaGateTest, AnAdmissionMayOutliveItsGate) {
  auto gate = std::make_unique<QuotaGate>(clock_, Id("short"), Rate{1, 1});
  auto admission = gate->TryAdmit(1);
  gate.reset();
  admission->Settle(0);
  EXPECT_EQ(admission->tenant(), Id("short"));
}

TEST_F(QuotaGateTest, AnotherRateKeepsWhatIsSpent) {
  ASSERT_TRUE(Admits(4));
  gate_.SetRate(Rate{.per_second = 10, .burst = 10});
  EXPECT_EQ(gate_.Available(), 0U);
  clock_.Advance(2s);
  EXPECT_TRUE(Admits(10));
}

TEST_F(QuotaGateTest, WithoutALimitNothingIsRefused) {
  QuotaGate open(clock_, Id("open"), std::nullopt);
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(open.TryAdmit(1'000'000));
}

TEST_F(QuotaGateTest, OwnEventsAreCountedApartAndNeverRefused) {
  ASSERT_TRUE(Admits(4));
  Admission own = gate_.AdmitOwn(1000);
  own.Settle(0);
  EXPECT_EQ(gate_.own_events(), 1000U);
  EXPECT_EQ(Refusal(1).retry_after, 500ms);
}

TEST_F(QuotaGateTest, OneTenantsBurstLeavesAnotherTenantUntouched) {
  QuotaGate quiet{clock_, Id("quiet"), Rate{.per_second = 2, .burst = 4}};
  ASSERT_TRUE(Admits(4));
  EXPECT_EQ(quiet.TryAdmit(4).value().tenant(), Id("quiet"));
}

TEST_F(QuotaGateTest, ThreadsTogetherGetExactlyOneBurst) {
  QuotaGate shared{clock_, Id("shared"), Rate{.per_second = 1, .burst = 10'000}};
  std::atomic<int> admitted{0};
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 5'000; ++n) {
        auto admission = shared.TryAdmit(1);
        if (!admission) continue;
        admission->Settle(1);
        ++admitted;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(admitted, 10'000);
}

}  // namespace
}  // namespace notify::agent::quota
