#include "agent/delivery/retry.hpp"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.hpp"
#include "tests/support/seeded_random.hpp"

namespace notify::agent::delivery {
namespace {

using namespace std::chrono_literals;

class Retrying : public testing::Test {
 protected:
  void Fails(Errc code, std::optional<Clock::Duration> retry_after = {}) {
    Error error = Fail(code, "No.");
    error.retry_after = retry_after;
    Settle(delivery_, error, {}, clock_.WallNow() - 30ms, clock_.WallNow(), random_);
  }
  void Succeeds(Receipt receipt) {
    Settle(delivery_, receipt, {}, clock_.WallNow(), clock_.WallNow(), random_);
  }
  /// From now to the next attempt.
  Clock::Duration Wait() {
    return Clock::WallTime(std::chrono::milliseconds(delivery_.next_at_ms)) - clock_.WallNow();
  }

  testing_support::FakeClock clock_;
  testing_support::SeededRandom random_;
  Delivery delivery_;
};

TEST_F(Retrying, WaitsAFewSecondsThenLongerWithJitter) {
  Fails(Errc::kUpstreamUnreachable);
  EXPECT_GE(Wait(), 5s);
  EXPECT_LE(Wait(), 6s + 1ms);
  Fails(Errc::kUpstreamTimeout);
  EXPECT_GE(Wait(), 30s);
  EXPECT_LE(Wait(), 36s + 1ms);
}

TEST_F(Retrying, GivesUpAfterTheLastAttemptAndSaysHowMany) {
  for (int i = 0; i < 3; ++i) Fails(Errc::kUpstreamUnreachable);
  EXPECT_EQ(delivery_.state, State::kFailed);
  EXPECT_EQ(delivery_.last_error, "No. Given up after 3 attempts.");
}

TEST_F(Retrying, AFinalErrorIsNotTriedAgain) {
  Fails(Errc::kForbidden);
  EXPECT_EQ(delivery_.state, State::kFailed);
  EXPECT_EQ(delivery_.attempts, 1);
}

TEST_F(Retrying, HonoursRetryAfterUpToItsCap) {
  Fails(Errc::kUpstreamUnreachable, 90s);
  EXPECT_EQ(Wait(), 90s);
  Fails(Errc::kUpstreamUnreachable, 1000h);
  EXPECT_EQ(Wait(), 1h);
}

TEST_F(Retrying, NeverComesBackSoonerThanTheSchedule) {
  Fails(Errc::kUpstreamUnreachable, 0s);
  EXPECT_GE(Wait(), 5s);
}

TEST_F(Retrying, AnUnconfirmedReceiptIsSentAndAConfirmedOneDelivered) {
  Succeeds({.detail = "x", .confirmed = false});
  EXPECT_EQ(delivery_.state, State::kSent);
  Succeeds({.detail = "y"});
  EXPECT_EQ(delivery_.state, State::kDelivered);
}

TEST_F(Retrying, EachAttemptIsToldWithItsTimeAndWhatCameOfIt) {
  delivery_.retries = 2;
  Fails(Errc::kUpstreamTimeout);
  ASSERT_TRUE(delivery_.attempted);
  EXPECT_EQ(delivery_.attempted->round, 2);
  EXPECT_EQ(delivery_.attempted->number, 1);
  EXPECT_EQ(delivery_.attempted->took_ms, 30);
  EXPECT_EQ(delivery_.attempted->result, State::kFailed);
  EXPECT_EQ(delivery_.attempted->code, "upstream_timeout");
  EXPECT_EQ(delivery_.attempted->detail, "No.");
  Succeeds({.detail = "202", .provider_id = "msg-7"});
  EXPECT_EQ(delivery_.attempted->number, 2);
  EXPECT_EQ(delivery_.attempted->result, State::kDelivered);
  EXPECT_EQ(delivery_.attempted->code, "");
  EXPECT_EQ(delivery_.attempted->receipt, "msg-7");
}

TEST(RetryDelay, DiffersBetweenDeliveriesThatFailTogether) {
  testing_support::SeededRandom random;
  EXPECT_NE(RetryDelay(2, random), RetryDelay(2, random));
  EXPECT_GE(RetryDelay(100, random), 10h);
}

}  // namespace
}  // namespace notify::agent::delivery
