#include "tests/unit/agent/consumer/consumer_world.hpp"

namespace notify::agent::consumer {
namespace {

using namespace std::chrono_literals;

/// Event 2 of three is a dead letter of consumer `c`, the others are done.
class DeadLettersTest : public ConsumerWorld {
 protected:
  DeadLettersTest() {
    Create(blue_, "c", R"(, "maxAttempts": 2)");
    Publish(blue_, "a.b", 3);
    GiveUp("c", 2, 2);
    runtime_->RunFor(1min);
    Ack("c", 3);
  }
  Result<DeadLetter> Letter() {
    auto state = side_->databases.Open(blue_, kConsumerSchema);
    return DeadLetterStore(**state, blue_, runtime_->random()).Get(LetterId("c", 2));
  }
};

TEST_F(DeadLettersTest, KeepsTheEventWithItsReason) {
  const auto letter = Letter();
  ASSERT_TRUE(letter);
  EXPECT_EQ(letter->type, "a.b");
  EXPECT_EQ(letter->reason, "Not acknowledged within 2 attempts.");
  EXPECT_NE(DeadLetterJson(*letter, blue_.id()).find(R"("envelope":{"specversion":"1.0")"),
            std::string::npos);
}

TEST_F(DeadLettersTest, OutlivesTheEventInTheLog) {
  log_.Expire(blue_, 3);
  ASSERT_TRUE(Retry("c", 2).value());
  EXPECT_EQ(Fetch("c"), "2*");
}

TEST_F(DeadLettersTest, GivenBackItIsHandedOutAndDoneWhenAcknowledged) {
  EXPECT_TRUE(Retry("c", 2).value());
  EXPECT_FALSE(Retry("c", 2).value());
  EXPECT_EQ(Dead(), "c/2/2/retrying");
  Publish(blue_);
  EXPECT_EQ(Fetch("c"), "2*");
  EXPECT_EQ(Fetch("c"), "4");
  EXPECT_EQ(Ack("c", 2), 3U);
  EXPECT_EQ(Dead(), "");
  EXPECT_EQ(Ack("c", 4), 4U);
}

TEST_F(DeadLettersTest, AnAcknowledgementOfOthersDoesNotEndIt) {
  EXPECT_TRUE(Retry("c", 2).value());
  EXPECT_EQ(Fetch("c"), "2*");
  Publish(blue_);
  EXPECT_EQ(Fetch("c"), "4");
  Ack("c", 4);
  EXPECT_EQ(Dead(), "c/2/2/retrying");
}

TEST_F(DeadLettersTest, WakesWhoWaits) {
  runtime_->platform().Post([this] {
    runtime_->platform_timers().After(3s, [this] { EXPECT_TRUE(Retry("c", 2).value()); });
  });
  EXPECT_EQ(Fetch("c", 10, 20s), "2*");
}

TEST_F(DeadLettersTest, FailsAgainAndIsDeadAgain) {
  ASSERT_TRUE(Retry("c", 2).value());
  EXPECT_EQ(Fetch("c"), "2*");
  EXPECT_TRUE(Nack("c", 2).redelivered);
  EXPECT_EQ(Fetch("c", 10, 2s), "2*");
  EXPECT_TRUE(Nack("c", 2).dead_lettered);
  EXPECT_EQ(Dead(), "c/2/4");
  EXPECT_EQ(Fetch("c", 10, 2min), "");
}

TEST_F(DeadLettersTest, ATimeoutIsAFailureHereToo) {
  ASSERT_TRUE(Retry("c", 2).value());
  EXPECT_EQ(Fetch("c"), "2*");
  runtime_->RunFor(32s);
  EXPECT_EQ(Dead(), "c/2/3/retrying");
  EXPECT_EQ(Fetch("c"), "2*");
}

TEST_F(DeadLettersTest, IsStillGivenBackAfterACrash) {
  ASSERT_TRUE(Retry("c", 2).value());
  EXPECT_EQ(Fetch("c"), "2*");
  CrashAndRestart();
  EXPECT_EQ(Fetch("c"), "2*");
  Ack("c", 2);
  CrashAndRestart();
  EXPECT_EQ(Dead(), "");
  EXPECT_EQ(Fetch("c"), "");
}

TEST_F(DeadLettersTest, StayWhenTheirConsumerGoes) {
  ASSERT_TRUE(runtime_->Run(side_->consumers.Delete(blue_, "c")));
  EXPECT_EQ(Dead(), "c/2/2");
  EXPECT_EQ(Retry("c", 2).error().code, Errc::kConflict);
  Create(blue_, "c");
  EXPECT_TRUE(Retry("c", 2).value());
  EXPECT_EQ(Fetch("c", 1), "1");
}

TEST_F(DeadLettersTest, ThrownAwayTheyAreGone) {
  ASSERT_TRUE(Retry("c", 2).value());
  ASSERT_TRUE(side_->consumers.Bin(blue_, LetterId("c", 2)));
  EXPECT_EQ(side_->consumers.Bin(blue_, LetterId("c", 2)).error().code, Errc::kNotFound);
  EXPECT_EQ(Dead(), "");
  EXPECT_EQ(Fetch("c"), "");
}

TEST_F(DeadLettersTest, OneTenantCannotReachAnothers) {
  EXPECT_EQ(side_->consumers.GiveBack(green_, LetterId("c", 2)).error().code, Errc::kNotFound);
  EXPECT_EQ(side_->consumers.Bin(green_, LetterId("c", 2)).error().code, Errc::kNotFound);
}

// Nothing is skipped without a dead letter: where there is no room for one, the consumer waits.
TEST_F(DeadLettersTest, WithoutRoomForOneTheConsumerStandsStillUntilThereIs) {
  Publish(blue_, "a.b", 2);
  EXPECT_EQ(Fetch("c"), "4 5");
  disk_.SetCapacity(1);
  Nack("c", 4);
  EXPECT_EQ(Fetch("c", 10, 2s), "4*");
  EXPECT_FALSE(runtime_->Run(side_->consumers.Refuse(blue_, "c", At(4))));
  EXPECT_EQ(Fetch("c", 10, 2s), "");
  disk_.LiftCapacity();
  EXPECT_EQ(Dead(), "c/2/2");
  runtime_->RunFor(1min);
  EXPECT_EQ(Dead(), "c/2/2 c/4/2");
  EXPECT_EQ(Fetch("c"), "5*");
}

}  // namespace
}  // namespace notify::agent::consumer
