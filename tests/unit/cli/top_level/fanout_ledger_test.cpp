#include "cli/top_level/fanout_ledger.hpp"

#include <gtest/gtest.h>

#include <string>

namespace notify::cli::top_level {
namespace {

using namespace std::chrono_literals;

class FanoutLedgerTest : public ::testing::Test {
 protected:
  FanoutLedgerTest() { ledger_.set_members(2); }

  /// The hub message of the next event, as an agent sends it.
  std::string Publish() {
    const std::string data(ledger_.Send(sent_at_));
    return R"({"type":1,"target":"x","arguments":[{"sequence":)" + std::to_string(++sequence_) +
           R"(,"data":)" + data + "}]}";
  }
  bool First(std::string_view message) { return ledger_.Take(message, first_, sent_at_ + 5ms); }
  bool Second(std::string_view message) { return ledger_.Take(message, second_, sent_at_ + 9ms); }
  std::int64_t Faults() const {
    const auto& faults = ledger_.faults();
    return faults.lost + faults.repeated + faults.altered + faults.out_of_order;
  }

  FanoutLedger ledger_{"77", 120};
  Clock::TimePoint sent_at_{1h};
  std::uint64_t sequence_ = 0;
  std::int64_t first_ = 0;
  std::int64_t second_ = 0;
};

TEST_F(FanoutLedgerTest, WhatEachMemberGotOnceAndInOrderIsWithoutFault) {
  for (int i = 0; i < 3; ++i) {
    const auto message = Publish();
    EXPECT_TRUE(First(message));
    EXPECT_TRUE(Second(message));
  }
  EXPECT_EQ(ledger_.delivered(), 6);
  EXPECT_EQ(first_, 3);
  EXPECT_EQ(Faults(), 0);
  EXPECT_EQ(ledger_.last_delivery(), sent_at_ + 9ms);
}

TEST_F(FanoutLedgerTest, TheTimeOfADeliveryRunsFromWhenItWasSent) {
  const auto message = Publish();
  First(message);
  Second(message);
  EXPECT_GE(ledger_.latencies().Quantile(0.5), 5ms);
  EXPECT_LT(ledger_.latencies().Quantile(0.5), 6ms);
  EXPECT_GE(ledger_.latencies().Quantile(1), 9ms);
}

TEST_F(FanoutLedgerTest, DataHasTheSizeThatWasAskedForAndIsUnlikeInEachEvent) {
  const std::string one(ledger_.Send(sent_at_));
  const std::string two(ledger_.Send(sent_at_));
  EXPECT_EQ(one.size(), 120U);
  EXPECT_NE(one.substr(80), two.substr(80));
}

TEST_F(FanoutLedgerTest, WhatIsPassedOverIsLost) {
  Publish();
  Publish();
  First(Publish());
  EXPECT_EQ(ledger_.faults().lost, 2);
  EXPECT_EQ(first_, 3);
}

TEST_F(FanoutLedgerTest, WhatComesAgainIsRepeated) {
  const auto message = Publish();
  First(message);
  First(message);
  EXPECT_EQ(ledger_.faults().repeated, 1);
  EXPECT_EQ(ledger_.delivered(), 1);
}

TEST_F(FanoutLedgerTest, WhatComesAgainAfterAllHaveItIsRepeatedToo) {
  const auto message = Publish();
  First(message);
  Second(message);
  Second(message);
  EXPECT_EQ(ledger_.faults().repeated, 1);
}

TEST_F(FanoutLedgerTest, OneOtherByteInTheDataIsAltered) {
  auto message = Publish();
  First(message);
  message[message.size() - 6] ^= 1;
  Second(message);
  EXPECT_EQ(ledger_.faults().altered, 1);
}

TEST_F(FanoutLedgerTest, AnAlteredFirstArrivalIsNotWhatOthersAreComparedWith) {
  const auto message = Publish();
  auto altered = message;
  altered[altered.size() - 6] ^= 1;
  First(altered);
  Second(message);
  EXPECT_EQ(ledger_.faults().altered, 1);
}

TEST_F(FanoutLedgerTest, AnotherPositionThanTheAgentConfirmedIsAltered) {
  First(Publish());
  ledger_.Confirm(0, 1);
  EXPECT_EQ(Faults(), 0);
  ledger_.Confirm(0, 2);
  EXPECT_EQ(ledger_.faults().altered, 1);
}

TEST_F(FanoutLedgerTest, PositionsThatDoNotRiseAreOutOfOrder) {
  First(Publish());
  sequence_ = 0;
  First(Publish());
  EXPECT_EQ(ledger_.faults().out_of_order, 1);
}

TEST_F(FanoutLedgerTest, WhatIsOfAnotherRunIsNotLookedAt) {
  Publish();
  EXPECT_FALSE(First(R"({"type":6})"));
  EXPECT_FALSE(First(R"({"type":1,"target":"x","arguments":[{"data":{"run":"78","i":0}}]})"));
  EXPECT_EQ(first_, 0);
}

TEST_F(FanoutLedgerTest, ANumberThatWasNeverSentIsAltered) {
  Publish();
  First(R"({"data":{"run":"77","i":9,"p":""}})");
  EXPECT_EQ(ledger_.faults().altered, 1);
}

}  // namespace
}  // namespace notify::cli::top_level
