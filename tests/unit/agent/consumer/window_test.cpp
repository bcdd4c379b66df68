#include "agent/consumer/window.hpp"

#include <gtest/gtest.h>

namespace notify::agent::consumer {
namespace {

using namespace std::chrono_literals;

class WindowTest : public testing::Test {
 protected:
  static Position At(std::uint64_t sequence) { return {Epoch{7}, Sequence{sequence}}; }
  /// Hands out the events from `first` to `last`, each to be acknowledged within 30 s.
  void HandOut(std::uint64_t first, std::uint64_t last) {
    for (std::uint64_t i = first; i <= last; ++i) window_.HandOut(At(i), now_ + 30s);
  }
  std::uint64_t acknowledged() const { return window_.kept().acknowledged.sequence.value; }
  std::uint64_t cursor() const { return window_.cursor().sequence.value; }

  Clock::TimePoint now_{1h};
  Window window_{Window::Kept{At(0), At(0), {}, {}}};
};

TEST_F(WindowTest, AnAcknowledgementCountsForAllBeforeIt) {
  HandOut(1, 5);
  EXPECT_EQ(window_.Acknowledge(At(3)), 3U);
  EXPECT_EQ(acknowledged(), 3U);
  EXPECT_EQ(window_.in_flight(), 2U);
}

TEST_F(WindowTest, WhatNobodyAsksForNeedsNoAcknowledgement) {
  window_.Skip(At(2));
  EXPECT_EQ(acknowledged(), 2U);
  HandOut(3, 3);
  window_.Skip(At(9));
  EXPECT_EQ(acknowledged(), 2U);
  window_.Acknowledge(At(3));
  EXPECT_EQ(acknowledged(), 9U);
}

TEST_F(WindowTest, GoesBackToTheFirstThatIsNotAcknowledged) {
  HandOut(1, 5);
  window_.Acknowledge(At(2));
  EXPECT_EQ(window_.Overdue(now_ + 29s), std::nullopt);
  EXPECT_EQ(window_.Overdue(now_ + 30s), Sequence{3});
  window_.Fail(Sequence{3}, 8, now_ + 30s);
  EXPECT_EQ(cursor(), 2U);
  EXPECT_EQ(window_.in_flight(), 0U);
}

TEST_F(WindowTest, SaysWhatWasHandedOutBefore) {
  EXPECT_FALSE(window_.HandOut(At(1), now_ + 30s));
  window_.Rewind();
  EXPECT_TRUE(window_.HandOut(At(1), now_ + 30s));
  EXPECT_FALSE(window_.HandOut(At(2), now_ + 30s));
}

TEST_F(WindowTest, WaitsLongerAfterEachFailureUpToAMinute) {
  EXPECT_EQ(Backoff(1), 1s);
  EXPECT_EQ(Backoff(2), 2s);
  EXPECT_EQ(Backoff(6), 32s);
  EXPECT_EQ(Backoff(7), 60s);
  EXPECT_EQ(Backoff(100), 60s);
}

TEST_F(WindowTest, OnlyTheOneThatFailedIsCharged) {
  HandOut(1, 5);
  EXPECT_EQ(window_.Fail(Sequence{3}, 8, now_).failures, 1);
  EXPECT_FALSE(window_.MayHandOut(now_ + 999ms));
  EXPECT_TRUE(window_.MayHandOut(now_ + 1s));
  EXPECT_EQ(window_.FailuresOf(Sequence{1}), 0);
}

TEST_F(WindowTest, WhatWasOutWithAFailureIsSuspectAndNothingElse) {
  HandOut(1, 3);
  window_.Fail(Sequence{1}, 8, now_);
  EXPECT_TRUE(window_.NextIsSuspect());
  HandOut(1, 2);
  EXPECT_TRUE(window_.NextIsSuspect());
  HandOut(3, 3);
  EXPECT_FALSE(window_.NextIsSuspect());
}

TEST_F(WindowTest, AnAcknowledgementOfWhatFailedEndsItsBackoff) {
  HandOut(1, 3);
  window_.Fail(Sequence{1}, 8, now_);
  window_.Acknowledge(At(1));
  EXPECT_TRUE(window_.MayHandOut(now_));
  EXPECT_TRUE(window_.kept().marks.empty());
}

TEST_F(WindowTest, APositionMovesPastTheDead) {
  HandOut(1, 3);
  EXPECT_EQ(window_.Fail(Sequence{1}, 1, now_).failures, 1);
  window_.MarkDead(Sequence{1});
  EXPECT_EQ(acknowledged(), 1U);
  EXPECT_TRUE(window_.MayHandOut(now_));
}

TEST_F(WindowTest, ADeadOneBehindOthersIsPassedWithThem) {
  HandOut(1, 3);
  window_.Fail(Sequence{3}, 1, now_);
  window_.MarkDead(Sequence{3});
  EXPECT_TRUE(window_.IsDead(Sequence{3}));
  HandOut(1, 2);
  window_.Skip(At(3));
  window_.Acknowledge(At(2));
  EXPECT_EQ(acknowledged(), 3U);
  EXPECT_TRUE(window_.kept().marks.empty());
}

TEST_F(WindowTest, AGapIsToldUntilSomethingBehindItIsAcknowledged) {
  window_.BeginAfter({Gap::Reason::kRetention, At(0), At(50), 50});
  EXPECT_EQ(acknowledged(), 50U);
  ASSERT_TRUE(window_.kept().gap);
  HandOut(51, 52);
  window_.Rewind();
  EXPECT_EQ(cursor(), 50U);
  ASSERT_TRUE(window_.kept().gap);
  HandOut(51, 52);
  window_.Acknowledge(At(51));
  EXPECT_FALSE(window_.kept().gap);
}

TEST_F(WindowTest, TwoGapsWithoutAnAcknowledgementBetweenAreOne) {
  window_.BeginAfter({Gap::Reason::kRetention, At(10), At(50), 40});
  window_.BeginAfter({Gap::Reason::kRetention, At(50), At(70), 20});
  EXPECT_EQ(window_.kept().gap->requested, At(10));
  EXPECT_EQ(window_.kept().gap->resumed_after, At(70));
  EXPECT_EQ(window_.kept().gap->missed, 60U);
}

TEST_F(WindowTest, AnotherLogForgetsWhatWasKnown) {
  HandOut(1, 5);
  window_.Fail(Sequence{1}, 8, now_);
  window_.BeginAfter({Gap::Reason::kEpoch, At(0), {Epoch{9}, Sequence{0}}, std::nullopt});
  EXPECT_TRUE(window_.kept().marks.empty());
  EXPECT_FALSE(window_.HandOut({Epoch{9}, Sequence{1}}, now_ + 30s));
}

TEST_F(WindowTest, BeginsAgainWithWhatWasKept) {
  HandOut(1, 5);
  window_.Fail(Sequence{2}, 8, now_);
  Window again(window_.kept());
  EXPECT_EQ(again.cursor(), At(0));
  EXPECT_TRUE(again.NextIsSuspect());
  EXPECT_TRUE(again.HandOut(At(1), now_ + 30s));
  EXPECT_EQ(again.FailuresOf(Sequence{2}), 1);
}

}  // namespace
}  // namespace notify::agent::consumer
