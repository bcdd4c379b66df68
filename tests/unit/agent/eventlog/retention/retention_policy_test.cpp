#include "agent/eventlog/retention/retention_policy.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "agent/eventlog/retention/disk_level.hpp"
#include "tests/support/tenants.hpp"

namespace notify::agent::eventlog {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kForEver = std::numeric_limits<std::int64_t>::min();

/// A log of blocks of 10 events and 100 bytes each, one an hour, and what a look would remove.
class RetentionCutTest : public ::testing::Test {
 protected:
  /// How many blocks go of `blocks`, now that the newest is `age_hours` old.
  std::uint64_t Gone(std::uint64_t blocks, std::int64_t age_hours = 0) {
    StoredExtent extent;
    extent.last.value = blocks * 10;
    extent.bytes = blocks * 100;
    const auto newest = static_cast<std::int64_t>(blocks - 1);
    RetentionCut cut(limits_, (newest + age_hours) * kHourMs, Epoch{7}, extent);
    cut.Hold(held_);
    std::uint64_t gone = 0;
    for (std::uint64_t i = 0; i < blocks; ++i) {
      const std::int64_t at = static_cast<std::int64_t>(i) * kHourMs;
      if (!cut.Take({Sequence{i * 10 + 1}, Sequence{i * 10 + 10}, at, at, 0, 1, 0, 100})) break;
      ++gone;
    }
    EXPECT_EQ(cut.first().value, gone * 10 + 1);
    EXPECT_EQ(cut.removed_events(), gone * 10);
    held_by_ = cut.held_by();
    over_storage_ = cut.over_storage();
    return gone;
  }

  RetentionLimits limits_{.max_age_ms = 1000 * kHourMs, .storage_bytes = 1 << 30};
  std::vector<HeldEvents> held_;
  std::string held_by_;
  bool over_storage_ = false;
};

TEST_F(RetentionCutTest, WhatIsOlderThanTheAgeGoes) {
  limits_.max_age_ms = 3 * kHourMs;
  EXPECT_EQ(Gone(10), 6U) << "a block goes once all of it is older, not at the moment itself";
  EXPECT_EQ(Gone(10, 100), 10U);
}

TEST_F(RetentionCutTest, OlderEventsStayWhileTheLogIsSmall) {
  limits_.max_age_ms = kHourMs;
  limits_.keep_bytes = 450;
  EXPECT_EQ(Gone(10, 100), 5U) << "so that at least 450 bytes stay";
  limits_.keep_bytes = 1000;
  EXPECT_EQ(Gone(10, 100), 0U);
}

TEST_F(RetentionCutTest, BytesLimitHoweverYoungTheEventsAre) {
  limits_.max_bytes = 300;
  EXPECT_EQ(Gone(10), 7U);
  limits_.keep_bytes = 5000;
  EXPECT_EQ(Gone(10), 7U) << "what may be kept for longer is no excuse";
}

TEST_F(RetentionCutTest, CountKeepsAtLeastSoManyEvents) {
  limits_.max_events = 25;
  EXPECT_EQ(Gone(10), 7U) << "30 stay: a block goes as a whole";
}

TEST_F(RetentionCutTest, TheStorageLimitCountsAboveAll) {
  limits_.storage_bytes = 400;
  limits_.keep_bytes = 5000;
  EXPECT_EQ(Gone(10), 6U);
  EXPECT_FALSE(over_storage_);
}

TEST_F(RetentionCutTest, NothingIsRemovedPastAHolder) {
  limits_.max_age_ms = 0;
  held_ = {{"consumer billing", {Epoch{7}, Sequence{35}}, kForEver}};
  EXPECT_EQ(Gone(10, 1), 3U) << "event 36 is needed, and lies in the fourth block";
  EXPECT_EQ(held_by_, "consumer billing");
  held_[0].after.sequence.value = 40;
  EXPECT_EQ(Gone(10, 1), 4U) << "all of the fourth block was seen";
}

TEST_F(RetentionCutTest, AHoldersOwnLimitEndsItsHold) {
  limits_.max_age_ms = 0;
  held_ = {{"consumer billing", {Epoch{7}, Sequence{0}}, 5 * kHourMs}};
  EXPECT_EQ(Gone(10, 1), 5U) << "it holds what was recorded at 5 h or later";
}

TEST_F(RetentionCutTest, APositionOfAnotherLogHoldsAllOfThisOne) {
  limits_.max_age_ms = 0;
  held_ = {{"replay", {Epoch{3}, Sequence{1000}}, kForEver}};
  EXPECT_EQ(Gone(10, 1), 0U);
}

TEST_F(RetentionCutTest, HeldAtTheStorageLimitStaysAndIsTold) {
  limits_.storage_bytes = 400;
  held_ = {{"legal hold", {}, kForEver}};
  EXPECT_EQ(Gone(10), 0U);
  EXPECT_TRUE(over_storage_);
  EXPECT_EQ(held_by_, "legal hold");
}

TEST(RetentionLimits, ATenantsOwnCountBeforeTheAgents) {
  TenantRecord tenant = testing_support::TenantRecordOf("blue");
  const async::DiskSpace disk{.total = 1000, .free = 900};
  RetentionLimits limits = RetentionLimits::Of({}, {}, tenant, disk);
  EXPECT_EQ(limits.max_age_ms, 8 * 24 * kHourMs);
  EXPECT_EQ(limits.keep_bytes, 1ULL << 30);
  EXPECT_FALSE(limits.max_events.has_value());
  EXPECT_EQ(limits.storage_bytes, 100U);
  tenant.settings.retention.max_age_ms = 5;
  tenant.settings.retention.max_events = 6;
  tenant.limits.storage_bytes = 7;
  limits = RetentionLimits::Of({}, {}, tenant, disk);
  EXPECT_EQ(limits.max_age_ms, 5);
  EXPECT_EQ(limits.max_events, 6U);
  EXPECT_EQ(limits.storage_bytes, 7U);
}

TEST(RetentionLimits, ADiskOfUnknownSizeRemovesNothing) {
  const TenantRecord tenant = testing_support::TenantRecordOf("blue");
  EXPECT_EQ(RetentionLimits::Of({}, {}, tenant, {}).storage_bytes, UINT64_MAX);
}

TEST(DiskLevel, RisesAtEachMark) {
  const StorageOptions options;
  const auto level = [&](std::uint64_t free) { return LevelOf({1000, free}, options); };
  EXPECT_EQ(level(151), DiskLevel::kFine);
  EXPECT_EQ(level(150), DiskLevel::kLow);
  EXPECT_EQ(level(50), DiskLevel::kHigh);
  EXPECT_EQ(level(20), DiskLevel::kHigh);
  EXPECT_EQ(level(19), DiskLevel::kReserve);
  EXPECT_FALSE(RoomBesideReserve({1000, 19}, options).has_value());
  EXPECT_EQ(LevelOf({0, 0}, options), DiskLevel::kFine) << "some file systems do not tell";
}

TEST(DiskLevel, SomeTenantIsAboveItsShareOnceAMarkIsReached) {
  // 950 of 1000 used: 600 by the logs of two tenants, the rest by others.
  const std::uint64_t share = ShareOf({1000, 50}, 95, 600, 2);
  EXPECT_EQ(share, 300U);
  EXPECT_EQ(ShareOf({1000, 0}, 95, 600, 2), 275U) << "others took more: less is left for the logs";
  EXPECT_EQ(ShareOf({1000, 0}, 95, 0, 2), 0U) << "all is full of something else";
}

}  // namespace
}  // namespace notify::agent::eventlog
