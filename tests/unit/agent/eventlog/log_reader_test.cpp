#include "agent/eventlog/log_reader.hpp"

#include <gtest/gtest.h>

#include "tests/support/tenants.hpp"

namespace notify::agent::eventlog {
namespace {

class DecodedBlocksTest : public testing::Test {
 protected:
  static BatchPtr Block(std::uint64_t first, std::size_t bytes) {
    auto batch = std::make_shared<CommittedBatch>();
    batch->epoch = Epoch{1000};
    batch->first = Sequence{first};
    batch->events.offsets = {0};
    batch->events.records.assign(bytes, 'r');
    return batch;
  }
  void Keep(std::uint64_t first, std::size_t bytes = 10) {
    blocks_.Keep(blue_, Block(first, bytes));
  }
  bool Has(std::uint64_t first) {
    return blocks_.Find(blue_, Sequence{first}, Sequence{first}) != nullptr;
  }

  const TenantHandle blue_ = testing_support::TestTenant("blue");
  const TenantHandle green_ = testing_support::TestTenant("green");
  DecodedBlocks blocks_{100};
};

TEST_F(DecodedBlocksTest, GiveWhatWasKeptToItsTenantOnly) {
  Keep(1);
  EXPECT_TRUE(Has(1));
  EXPECT_FALSE(Has(2));
  EXPECT_EQ(blocks_.Find(green_, Sequence{1}, Sequence{1}), nullptr);
}

TEST_F(DecodedBlocksTest, LetGoOfTheLeastRecentlyUsedAboveTheirBound) {
  for (std::uint64_t first = 1; first <= 10; ++first) Keep(first);
  EXPECT_TRUE(Has(1));
  Keep(11);
  EXPECT_TRUE(Has(1));
  EXPECT_FALSE(Has(2));
  EXPECT_EQ(blocks_.bytes(), 100U);
  Keep(12, 101);
  EXPECT_FALSE(Has(12));
}

TEST_F(DecodedBlocksTest, WhatIsUsedBetweenTwoLooksStays) {
  Keep(1);
  Keep(2);
  blocks_.DropIdle();
  EXPECT_TRUE(Has(1));
  blocks_.DropIdle();
  EXPECT_FALSE(Has(2));
  EXPECT_TRUE(Has(1));
}

TEST_F(DecodedBlocksTest, AreEmptyWhenIdle) {
  for (std::uint64_t first = 1; first <= 5; ++first) Keep(first);
  blocks_.DropIdle();
  blocks_.DropIdle();
  EXPECT_EQ(blocks_.bytes(), 0U);
}

}  // namespace
}  // namespace notify::agent::eventlog
