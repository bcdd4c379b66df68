#include "agent/ingress/live/outbox.hpp"

#include <gtest/gtest.h>

namespace notify::agent::ingress {
namespace {

/// A socket that takes what it is told.
class Socket final : public async::Stream {
 public:
  Result<std::optional<std::size_t>> TryRead(std::span<char>) override { return std::nullopt; }
  Result<std::size_t> TryWrite(std::span<const std::string_view> parts) override {
    ++writes;
    std::size_t taken = 0;
    for (std::string_view part : parts) {
      part = part.substr(0, takes - taken);
      written += part;
      taken += part.size();
    }
    return taken;
  }
  void Close() override {}
  bool closed() const override { return false; }
  void ShutdownWrite() override {}
  std::size_t Unacknowledged() const override { return 0; }
  const async::Peer& peer() const override { return peer_; }
  void StartWait(Direction, Waiter*) override {}

  std::size_t takes = SIZE_MAX;
  std::string written;
  int writes = 0;

 private:
  async::Peer peer_;
};

class OutboxTest : public testing::Test {
 protected:
  bool AddDroppable(const std::string& text, std::string_view key = {}) {
    return box_.AddDroppable(std::make_shared<const hub::Encoded>(hub::Encoded{text, 0}), key);
  }
  Outbox box_{10};
  Socket socket_;
};

TEST_F(OutboxTest, WhatWaitsLeavesInOneWrite) {
  box_.Add("one");
  box_.Add("two");
  ASSERT_TRUE(box_.WriteTo(socket_));
  EXPECT_EQ(socket_.written, "onetwo");
  EXPECT_EQ(socket_.writes, 1);
  EXPECT_TRUE(box_.empty());
}

TEST_F(OutboxTest, GoesOnInTheMiddleOfAPart) {
  box_.Add("one");
  box_.Add("two");
  socket_.takes = 4;
  ASSERT_TRUE(box_.WriteTo(socket_));
  EXPECT_EQ(box_.bytes(), 2U);
  ASSERT_TRUE(box_.WriteTo(socket_));
  EXPECT_EQ(socket_.written, "onetwo");
}

TEST_F(OutboxTest, TakesMoreThan64PartsInSeveralWrites) {
  for (int i = 0; i < 100; ++i) box_.Add("x");
  while (!box_.empty()) ASSERT_TRUE(box_.WriteTo(socket_));
  EXPECT_EQ(socket_.written.size(), 100U);
  EXPECT_EQ(socket_.writes, 2);
}

TEST_F(OutboxTest, TheOldestMessageWithoutAPositionGoesForANewOne) {
  ASSERT_TRUE(AddDroppable("old.."));
  ASSERT_TRUE(AddDroppable("older"));
  ASSERT_TRUE(AddDroppable("new"));
  ASSERT_TRUE(box_.WriteTo(socket_));
  EXPECT_EQ(socket_.written, "oldernew");
}

TEST_F(OutboxTest, WhatMustGoOutIsNeverDroppedForIt) {
  box_.Add("an event..");
  EXPECT_FALSE(AddDroppable("badge"));
  EXPECT_EQ(box_.bytes(), 10U);
}

TEST_F(OutboxTest, AMessageTakesThePlaceOfTheOneThatWaitsUnderItsKey) {
  ASSERT_TRUE(AddDroppable("ann+", "ann"));
  ASSERT_TRUE(AddDroppable("bob", "bob"));
  ASSERT_TRUE(AddDroppable("ann", "ann"));
  EXPECT_EQ(box_.bytes(), 6U);
  ASSERT_TRUE(box_.WriteTo(socket_));
  EXPECT_EQ(socket_.written, "annbob");
  EXPECT_TRUE(box_.empty());
}

TEST_F(OutboxTest, MessagesWithoutAKeyAreNeverTakenForOneAnother) {
  ASSERT_TRUE(AddDroppable("one"));
  ASSERT_TRUE(AddDroppable("two"));
  EXPECT_EQ(box_.bytes(), 6U);
}

TEST_F(OutboxTest, AFullQueueStillTakesTheNewestUnderAKeyThatWaits) {
  ASSERT_TRUE(AddDroppable("ann", "ann"));
  box_.Add("events.");
  ASSERT_FALSE(box_.HasRoom());
  ASSERT_TRUE(AddDroppable("ANN", "ann"));
  ASSERT_TRUE(box_.WriteTo(socket_));
  EXPECT_EQ(socket_.written, "ANNevents.");
}

TEST_F(OutboxTest, WhatHasBegunIsNotReplacedUnderItsKey) {
  ASSERT_TRUE(AddDroppable("ann+", "ann"));
  socket_.takes = 1;
  ASSERT_TRUE(box_.WriteTo(socket_));
  ASSERT_TRUE(AddDroppable("ann-", "ann"));
  socket_.takes = SIZE_MAX;
  ASSERT_TRUE(box_.WriteTo(socket_));
  EXPECT_EQ(socket_.written, "ann+ann-");
}

TEST_F(OutboxTest, WhatHasBegunIsFinished) {
  ASSERT_TRUE(AddDroppable("0123456789"));
  socket_.takes = 3;
  ASSERT_TRUE(box_.WriteTo(socket_));
  box_.Add("456");
  EXPECT_FALSE(AddDroppable("x"));
  socket_.takes = SIZE_MAX;
  ASSERT_TRUE(box_.WriteTo(socket_));
  EXPECT_EQ(socket_.written, "0123456789456");
}

}  // namespace
}  // namespace notify::agent::ingress
