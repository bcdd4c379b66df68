#include "agent/ingress/signalr/message_buffer.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace notify::agent::ingress::signalr {
namespace {

namespace wire = ::notify::signalr;

class MessageBufferTest : public testing::Test {
 protected:
  void Keep(const std::string& bytes) {
    buffer_.Keep(std::make_shared<const hub::Encoded>(hub::Encoded{bytes}));
  }
  /// What would be sent again.
  std::string Kept() const {
    std::string all;
    for (const hub::EncodedPtr& each : buffer_.kept()) all += each->bytes();
    return all;
  }
  /// So many new messages arrive.
  void Receive(int count) {
    for (int i = 0; i < count; ++i) EXPECT_TRUE(buffer_.Receive());
  }

  MessageBuffer buffer_{10};
};

TEST_F(MessageBufferTest, NumbersWhatCallsAndAnswersAndNothingElse) {
  EXPECT_TRUE(MessageBuffer::Counts(wire::Invocation{}));
  EXPECT_TRUE(MessageBuffer::Counts(wire::StreamItem{}));
  EXPECT_TRUE(MessageBuffer::Counts(wire::Completion{}));
  EXPECT_TRUE(MessageBuffer::Counts(wire::StreamInvocation{}));
  EXPECT_TRUE(MessageBuffer::Counts(wire::CancelInvocation{}));
  EXPECT_FALSE(MessageBuffer::Counts(wire::Ping{}));
  EXPECT_FALSE(MessageBuffer::Counts(wire::Close{}));
  EXPECT_FALSE(MessageBuffer::Counts(wire::Ack{}));
  EXPECT_FALSE(MessageBuffer::Counts(wire::Sequence{}));
}

TEST_F(MessageBufferTest, KeepsWhatIsNotAcknowledgedInItsOrder) {
  for (const char* each : {"a", "b", "c"}) Keep(each);
  ASSERT_TRUE(buffer_.Acknowledged(2));
  EXPECT_EQ(Kept(), "c");
  EXPECT_EQ(buffer_.first(), 3);
  EXPECT_EQ(buffer_.sent(), 3U);
  EXPECT_EQ(buffer_.acknowledged(), 2U);
}

TEST_F(MessageBufferTest, AnOldAcknowledgementChangesNothing) {
  for (const char* each : {"a", "b", "c"}) Keep(each);
  ASSERT_TRUE(buffer_.Acknowledged(2));
  EXPECT_TRUE(buffer_.Acknowledged(1));
  EXPECT_TRUE(buffer_.Acknowledged(-5));
  EXPECT_EQ(Kept(), "c");
}

TEST_F(MessageBufferTest, WhatWasNeverSentCannotBeAcknowledged) {
  Keep("a");
  EXPECT_EQ(buffer_.Acknowledged(2).error().code, Errc::kInvalidArgument);
  EXPECT_EQ(Kept(), "a");
}

TEST_F(MessageBufferTest, HasRoomUntilItsBytesAreReachedAndAgainAfterAnAcknowledgement) {
  Keep("123456789");
  EXPECT_TRUE(buffer_.HasRoom());
  Keep("x");
  EXPECT_FALSE(buffer_.HasRoom());
  EXPECT_EQ(buffer_.bytes(), 10U);
  ASSERT_TRUE(buffer_.Acknowledged(1));
  EXPECT_TRUE(buffer_.HasRoom());
  EXPECT_EQ(buffer_.bytes(), 1U);
}

TEST_F(MessageBufferTest, NothingCountsBetweenANewWebSocketAndItsSequence) {
  buffer_.AwaitSequence();
  EXPECT_FALSE(buffer_.Receive());
  ASSERT_TRUE(buffer_.SendsFrom(1));
  EXPECT_FALSE(buffer_.awaiting());
  EXPECT_TRUE(buffer_.Receive());
}

TEST_F(MessageBufferTest, WhatComesAgainIsNotHandledAgain) {
  Receive(3);
  buffer_.AwaitSequence();
  ASSERT_TRUE(buffer_.SendsFrom(2));
  EXPECT_FALSE(buffer_.Receive());
  EXPECT_FALSE(buffer_.Receive());
  EXPECT_TRUE(buffer_.Receive());  // The fourth.
}

TEST_F(MessageBufferTest, AHoleInWhatIsSentIsRefused) {
  Receive(2);
  EXPECT_TRUE(buffer_.SendsFrom(3));
  EXPECT_EQ(buffer_.SendsFrom(4).error().code, Errc::kInvalidArgument);
  EXPECT_EQ(buffer_.SendsFrom(0).error().code, Errc::kInvalidArgument);
}

TEST_F(MessageBufferTest, AcknowledgesOnceWhatIsNew) {
  EXPECT_EQ(buffer_.TakeAck(), std::nullopt);
  Receive(2);
  EXPECT_EQ(buffer_.TakeAck(), 2);
  EXPECT_EQ(buffer_.TakeAck(), std::nullopt);
}

TEST_F(MessageBufferTest, ARepeatIsAcknowledgedOnceMoreBecauseTheAckWasLost) {
  Receive(2);
  ASSERT_EQ(buffer_.TakeAck(), 2);
  ASSERT_TRUE(buffer_.SendsFrom(2));
  EXPECT_FALSE(buffer_.Receive());
  EXPECT_EQ(buffer_.TakeAck(), 2);
  EXPECT_EQ(buffer_.TakeAck(), std::nullopt);
}

}  // namespace
}  // namespace notify::agent::ingress::signalr
