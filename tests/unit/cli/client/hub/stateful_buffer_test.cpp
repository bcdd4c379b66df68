#include "cli/client/hub/stateful_buffer.hpp"

#include <gtest/gtest.h>

namespace notify::cli::client {
namespace {

using namespace std::chrono_literals;

class StatefulBufferTest : public ::testing::Test {
 protected:
  bool Comes() { return buffer_.Admit(signalr::Invocation{.target = "x"}, now_).value(); }
  Result<bool> SequenceComes(std::int64_t id) { return buffer_.Admit(signalr::Sequence{id}, now_); }
  void Keep(int messages) {
    for (int i = 0; i < messages; ++i) buffer_.Keep("message");
  }

  StatefulBuffer buffer_;
  Clock::TimePoint now_{1h};
};

TEST_F(StatefulBufferTest, CountsCallsItemsCompletionsAndCancelsOnly) {
  EXPECT_TRUE(IsCounted(signalr::Invocation{}));
  EXPECT_TRUE(IsCounted(signalr::StreamItem{}));
  EXPECT_TRUE(IsCounted(signalr::Completion{}));
  EXPECT_TRUE(IsCounted(signalr::StreamInvocation{}));
  EXPECT_TRUE(IsCounted(signalr::CancelInvocation{}));
  EXPECT_FALSE(IsCounted(signalr::Ping{}));
  EXPECT_FALSE(IsCounted(signalr::Close{}));
  EXPECT_FALSE(IsCounted(signalr::Ack{}));
  EXPECT_FALSE(IsCounted(signalr::Sequence{}));
}

TEST_F(StatefulBufferTest, AnAckForgetsEverythingUpToIt) {
  Keep(5);
  buffer_.Acknowledged(3);
  EXPECT_EQ(buffer_.kept().size(), 2U);
  EXPECT_EQ(buffer_.FirstKept(), 4);
}

TEST_F(StatefulBufferTest, OurSequenceNamesTheFirstMessageKeptOrTheNextOne) {
  EXPECT_EQ(buffer_.FirstKept(), 1);
  Keep(2);
  EXPECT_EQ(buffer_.FirstKept(), 1);
  buffer_.Acknowledged(2);
  EXPECT_EQ(buffer_.FirstKept(), 3);
}

TEST_F(StatefulBufferTest, IsFullAtAHundredThousandBytesUntilAnAck) {
  buffer_.Keep(std::string(99'999, 'x'));
  EXPECT_FALSE(buffer_.full());
  buffer_.Keep("y");
  EXPECT_TRUE(buffer_.full());
  buffer_.Acknowledged(1);
  EXPECT_FALSE(buffer_.full());
}

TEST_F(StatefulBufferTest, AnAckIsDueASecondAfterTheFirstMessageAndSaysTheLast) {
  EXPECT_EQ(buffer_.ack_due(), std::nullopt);
  ASSERT_TRUE(Comes());
  const auto first = now_;
  now_ += 500ms;
  ASSERT_TRUE(Comes());
  EXPECT_EQ(buffer_.ack_due(), first + 1s);
  EXPECT_EQ(buffer_.TakeAck(), 2);
  EXPECT_EQ(buffer_.ack_due(), std::nullopt);
}

TEST_F(StatefulBufferTest, NothingCountsBetweenALossAndItsSequence) {
  ASSERT_TRUE(Comes());
  buffer_.Disconnected();
  EXPECT_FALSE(Comes());
  EXPECT_FALSE(buffer_.Admit(signalr::Ping{}, now_).value());
  ASSERT_TRUE(SequenceComes(2));
  EXPECT_TRUE(Comes());
  EXPECT_EQ(buffer_.TakeAck(), 2);
}

TEST_F(StatefulBufferTest, WhatComesAgainIsDroppedAndTheLastOfItAcknowledgedAgain) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Comes());
  static_cast<void>(buffer_.TakeAck());
  buffer_.Disconnected();
  ASSERT_TRUE(SequenceComes(2));
  EXPECT_FALSE(Comes());
  EXPECT_EQ(buffer_.ack_due(), std::nullopt);
  EXPECT_FALSE(Comes());
  EXPECT_EQ(buffer_.ack_due(), now_ + 1s);
  EXPECT_EQ(buffer_.TakeAck(), 3);
  EXPECT_TRUE(Comes());
}

TEST_F(StatefulBufferTest, ASequenceBeyondWhatCanFollowIsAnError) {
  ASSERT_TRUE(Comes());
  buffer_.Disconnected();
  EXPECT_EQ(SequenceComes(3).error().code, Errc::kInvalidArgument);
}

}  // namespace
}  // namespace notify::cli::client
