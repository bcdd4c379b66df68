// Retention in the whole log: what goes, in which order, who is told, and what is left of it.
#include <gmock/gmock.h>

#include "tests/unit/agent/eventlog/retention/retention_world.hpp"

namespace notify::agent::eventlog {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RetentionTest : public ::testing::Test, protected RetentionWorld {
 protected:
  explicit RetentionTest(LogOptions options = OneHour()) : RetentionWorld(1, options) {}
};

TEST_F(RetentionTest, OldEventsGoAndTheOthersKeepTheirNumbers) {
  Store({"a", "b"});
  Tend();
  runtime_->RunFor(2h);
  Store({"c"});
  Settle();
  EXPECT_EQ(First(), 3U);
  EXPECT_THAT(Ids("blue", 2), ElementsAre("c"));
  EXPECT_EQ(Append({{"d"}})->first, Sequence{4});
}

TEST_F(RetentionTest, AReaderOfWhatIsGoneIsToldAGap) {
  Store({"a", "b"});
  Tend();
  runtime_->RunFor(2h);
  Store({"c"});
  Settle();
  const Epoch epoch = Tenant("blue").record().epoch;
  for (const bool from_disk : {false, true}) {
    if (from_disk) PowerCut(3);
    const auto page = runtime_->Run(log_->Read(Tenant("blue"), {epoch, Sequence{1}}, 1 << 20));
    ASSERT_TRUE(page.has_value() && page->gap.has_value());
    EXPECT_EQ(page->gap->reason, Gap::Reason::kRetention);
    EXPECT_EQ(page->gap->resumed_after, (Position{epoch, Sequence{2}}));
    EXPECT_EQ(page->gap->missed, 1U);
    EXPECT_EQ(page->batches.front()->first, Sequence{3});
  }
}

TEST_F(RetentionTest, ALogOfWhichAllIsGoneGoesOnWithTheNextNumber) {
  Store({"a", "b"});
  Tend();
  runtime_->RunFor(2h);
  Settle();
  EXPECT_EQ(First(), 3U);
  EXPECT_EQ(Head().bytes, 0U);
  EXPECT_EQ(Segments(), 1U) << "of its keys; the events' room is free once those go";
  EXPECT_TRUE(Ids("blue", 2).empty());
  PowerCut(5);
  EXPECT_EQ(First(), 3U);
  EXPECT_EQ(Append({{"c"}})->first, Sequence{3});
  Rest();
  EXPECT_THAT(Ids("blue", 2), ElementsAre("c"));
}

TEST_F(RetentionTest, SegmentsWithNothingAliveAreDeleted) {
  ASSERT_TRUE(Append({{"", Noise()}}).has_value()) << "no key: nothing is remembered of it";
  Rest();
  Tend();
  EXPECT_EQ(Segments(), 1U);
  runtime_->RunFor(2h);
  Settle();
  EXPECT_EQ(Segments(), 0U);
  ASSERT_TRUE(Append({{"", Noise()}}).has_value());
  Rest();
  EXPECT_EQ(Segments(), 1U);
  EXPECT_EQ(Ids("blue", 1).size(), 1U);
  PowerCut(9);
  EXPECT_EQ(Ids("blue", 1).size(), 1U);
}

TEST_F(RetentionTest, ADuplicateOfARemovedEventIsStillOne) {
  Store({"a", "b"});
  Tend();
  runtime_->RunFor(2h);
  Settle();
  ASSERT_EQ(First(), 3U);
  const auto again = Append({{"a"}, {"c"}});
  ASSERT_EQ(again->duplicates.size(), 1U);
  EXPECT_EQ(again->duplicates[0].sequence, Sequence{1});
  EXPECT_EQ(again->duplicates[0].id, "a");
  EXPECT_EQ(again->accepted, 1U);
  PowerCut(4);
  EXPECT_EQ(Append({{"b"}})->duplicates.size(), 1U) << "also after a restart";
  EXPECT_FALSE(runtime_->Run(log_->Find(Tenant("blue"), "a", ""))->has_value());
}

TEST_F(RetentionTest, BeyondTheWindowAnIdIsFreeAgainThoughItsEventIsGone) {
  Store({"a"});
  Tend();
  runtime_->RunFor(25h);
  Settle();
  Rest();  // What is in memory of the event goes, too, and with it the time that it was recorded
           // at.
  ASSERT_EQ(First(), 2U);
  EXPECT_EQ(Append({{"a"}})->accepted, 1U);
}

TEST_F(RetentionTest, ARaisedStorageLimitCountsAtOnce) {
  log_->AddHold(holder_);
  Hold("legal hold", 0);
  Tend({TenantWith([](TenantRecord& blue) { blue.limits.storage_bytes = 150'000; })});
  Store({"a", "b", "c"});
  Settle();
  ASSERT_FALSE(Append({{"d"}}).has_value());
  Tend({TenantWith([](TenantRecord& blue) { blue.limits.storage_bytes = 10'000'000; })});
  EXPECT_TRUE(Append({{"d"}}).has_value()) << "there is room at once";
}

TEST_F(RetentionTest, ARestartRemovesWhatCameOfAgeMeanwhile) {
  Store({"a"});
  runtime_->RunFor(2h);
  Store({"b"});
  Tend();
  EXPECT_EQ(First(), 2U);
}

TEST_F(RetentionTest, OneTenantsLimitsAreNotAnothers) {
  Store({"a"}, "blue");
  Store({"a"}, "green");
  Tend({Tenant("blue"), TenantWith(
                            [](TenantRecord& green) {
                              green.settings.retention.max_age_ms =
                                  std::chrono::milliseconds(24h).count();
                            },
                            "green")});
  runtime_->RunFor(2h);
  Settle();
  EXPECT_EQ(First("blue"), 2U);
  EXPECT_THAT(Ids("green"), ElementsAre("a"));
}

TEST_F(RetentionTest, ATenantThatIsNotInTheListIsLetAlone) {
  Store({"a"});
  Tend({Tenant("green")});
  runtime_->RunFor(2h);
  Settle();
  EXPECT_EQ(First(), 1U);
}

TEST_F(RetentionTest, ChangedLimitsCountAtOnce) {
  Store({"a", "b", "c"});
  Tend();
  EXPECT_EQ(First(), 1U);
  Tend({TenantWith([](TenantRecord& blue) { blue.settings.retention.max_events = 1; })});
  EXPECT_EQ(First(), 3U);
}

TEST_F(RetentionTest, WhatAHolderNeedsStaysUntilItGoesOn) {
  log_->AddHold(holder_);
  Store({"a", "b", "c"});
  Hold("consumer billing", 1);
  Tend();
  runtime_->RunFor(2h);
  Settle();
  EXPECT_EQ(First(), 2U) << "the first is behind it";
  EXPECT_EQ(runtime_->Run(log_->Standing(Tenant("blue")))->held_by, "consumer billing");
  Hold("consumer billing", 3);
  runtime_->RunFor(1min);
  Settle();
  EXPECT_EQ(First(), 4U);
}

TEST_F(RetentionTest, NothingIsRemovedWhereAHolderCannotBeAsked) {
  log_->AddHold(holder_);
  holder_.fails = true;
  Store({"a"});
  Tend();
  runtime_->RunFor(2h);
  Settle();
  EXPECT_EQ(First(), 1U);
  holder_.fails = false;
  runtime_->RunFor(1min);
  Settle();
  EXPECT_EQ(First(), 2U);
}

TEST_F(RetentionTest, HoldersAreAskedOnlyWhereSomethingWouldGo) {
  log_->AddHold(holder_);
  Store({"a"});
  Tend();
  EXPECT_EQ(holder_.asked, 0);
}

TEST_F(RetentionTest, AboveItsStorageLimitYoungEventsGo) {
  Tend({TenantWith([](TenantRecord& blue) { blue.limits.storage_bytes = 150'000; })});
  Store({"a", "b", "c", "d"});
  Settle();
  EXPECT_LE(Head().bytes, 150'000U);
  EXPECT_GT(First(), 1U);
  EXPECT_TRUE(Append({{"e"}}).has_value());
}

TEST_F(RetentionTest, AtTheStorageLimitAHoldRefusesNewEventsAndNamesTheHolder) {
  log_->AddHold(holder_);
  Hold("legal hold (case 7)", 0);
  Tend({TenantWith([](TenantRecord& blue) { blue.limits.storage_bytes = 150'000; }),
        Tenant("green")});
  Store({"a", "b", "c", "d"});
  Settle();
  const auto refused = Append({{"e"}});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Errc::kStorageFull);
  EXPECT_THAT(refused.error().detail, HasSubstr("legal hold (case 7)"));
  EXPECT_THAT(Ids(), ElementsAre("a", "b", "c", "d")) << "reading goes on";
  EXPECT_TRUE(Append({{"x"}}, "green").has_value()) << "another tenant feels nothing";

  holder_.held.clear();
  runtime_->RunFor(1min);
  Settle();
  EXPECT_TRUE(Append({{"e"}}).has_value());
  EXPECT_GT(First(), 1U);
}

TEST_F(RetentionTest, TheHorizonOfDuplicatesIsTheOneReallyHeld) {
  ASSERT_TRUE(Append({{"a"}}).has_value());
  EXPECT_EQ(Head().dedupe_horizon_seconds, 24 * 3600) << "nothing was forgotten";
  EXPECT_EQ(Head().dedupe_horizon_events, 16'000'000U);
}

class FewKeysTest : public RetentionTest {
 protected:
  static LogOptions FewKeys() {
    LogOptions options = OneHour();
    options.dedupe_max_events = 3;
    return options;
  }
  FewKeysTest() : RetentionTest(FewKeys()) {}
};

TEST_F(FewKeysTest, TheHorizonShrinksWhereKeysWereForgotten) {
  for (const char* id : {"a", "b", "c", "d", "e", "f"}) {
    Store({id});
    runtime_->RunFor(10min);
  }
  EXPECT_LT(Head().dedupe_horizon_seconds, 3600);
  EXPECT_GE(Head().dedupe_horizon_seconds, 20 * 60) << "three keys at least are known";
  EXPECT_LT(Head().dedupe_horizon_events, 6U);
  EXPECT_GE(Head().dedupe_horizon_events, 3U);
  PowerCut(2);
  EXPECT_LT(Head().dedupe_horizon_events, 6U) << "also after a restart";
}

/// A disk on which the logs count: the journals take little.
class FullDiskTest : public RetentionTest {
 protected:
  static LogOptions SmallJournals() {
    LogOptions options = OneHour();
    options.journal_bytes = 1 << 20;
    options.storage.tenant_percent = 100;
    return options;
  }
  FullDiskTest() : RetentionTest(SmallJournals()) {}
};

TEST_F(FullDiskTest, AFullDiskRefusesTheTenantAboveItsShareFirst) {
  Store({"a", "b", "c", "d"}, "blue");
  Store({"x"}, "green");
  ASSERT_TRUE(Append({{"w"}}, "green").has_value()) << "its journal is as large as it gets";
  Tend();
  const std::uint64_t used = disk_.Space("/data")->used();
  disk_.SetCapacity(used * 100 / 96);
  Settle();
  const auto refused = Append({{"e"}}, "blue");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Errc::kStorageFull);
  EXPECT_THAT(refused.error().detail, HasSubstr("share"));
  const auto taken = Append({{"y"}}, "green");
  EXPECT_TRUE(taken.has_value()) << taken.error().detail;
  EXPECT_THAT(Ids("blue"), ElementsAre("a", "b", "c", "d"));

  disk_.SetCapacity(used * 100 / 99);
  Settle();
  EXPECT_EQ(Append({{"z"}}, "green").error().code, Errc::kStorageFull)
      << "what is left is the agent's own";

  disk_.LiftCapacity();
  Settle();
  EXPECT_TRUE(Append({{"e"}}, "blue").has_value()) << "without a restart";
  EXPECT_TRUE(Append({{"z"}}, "green").has_value());
}

TEST_F(FullDiskTest, AStartRefusesNobodyWhoIsWithinItsShare) {
  Store({"a", "b", "c", "d"}, "blue");
  Store({"x"}, "green");
  ASSERT_TRUE(Append({{"w"}}, "green").has_value());
  PowerCut(1);
  std::vector<std::string> refused;
  log_->OnCare({[&](const TenantHandle& tenant, const CareNews& news) {
                  const bool is_refused = news.storage == CareNews::Storage::kRefused;
                  if (is_refused) refused.push_back(tenant.id().text());
                },
                nullptr});
  disk_.SetCapacity(disk_.Space("/data")->used() * 100 / 96);
  Tend();
  EXPECT_THAT(refused, ElementsAre("blue"));
}

TEST_F(FullDiskTest, TenantsAreToldOnceWhatTheirStorageComesTo) {
  std::vector<std::string> told;
  log_->OnCare({[&](const TenantHandle& tenant, const CareNews& news) {
                  using Storage = CareNews::Storage;
                  const std::string& name = tenant.id().text();
                  if (news.storage == Storage::kWarned) told.push_back(name + " warned");
                  if (news.storage == Storage::kRefused) told.push_back(name + " refused");
                  if (news.storage == Storage::kResumed) told.push_back(name + " resumed");
                },
                nullptr});
  Store({"a", "b", "c", "d"}, "blue");
  Store({"x"}, "green");
  Tend();
  const std::uint64_t used = disk_.Space("/data")->used();
  for (const unsigned percent : {86U, 96U, 86U}) {
    disk_.SetCapacity(used * 100 / percent);
    Settle();
  }
  disk_.LiftCapacity();
  Settle();
  EXPECT_THAT(told, ElementsAre("blue warned", "blue refused", "blue resumed"));
}

/// Two old events that are due, one young one; then whatever happens to the disk.
class RetentionFaults : public RetentionWorld {
 public:
  explicit RetentionFaults(std::uint64_t seed) : RetentionWorld(seed, OneHour()) {
    Store({"a", "b"});
    runtime_->RunFor(2h);
    Store({"c"});
  }

  /// All that is young is there, once, in order, and of the rest a whole beginning or nothing.
  void Check() {
    const std::uint64_t first = First();
    EXPECT_TRUE(first == 1 || first == 3) << first;
    const std::vector<std::string> ids = Ids("blue", first - 1);
    EXPECT_EQ(ids.size(), 4 - first);
    EXPECT_EQ(ids.back(), "c");
    const auto check = runtime_->Run(log_->Check(Tenant("blue")));
    ASSERT_TRUE(check.has_value());
    EXPECT_TRUE(check->damaged.empty());
    EXPECT_EQ(check->damaged_key_runs, 0U);
    EXPECT_EQ(Append({{"a"}})->accepted, 0U) << "its key is still known";
  }
};

TEST(RetentionFault, APowerCutAtAnyPointOfARemovalLeavesAWholeLog) {
  bool removed = false;
  for (std::uint64_t cut = 1;; ++cut) {
    SCOPED_TRACE("cut " + std::to_string(cut));
    ASSERT_LT(cut, 500U) << "it ends some day";
    RetentionFaults log(cut);
    log.disk_.PowerOffAt(cut);
    log.Tend();
    const bool was_cut = log.disk_.power_off();
    log.PowerCut(cut);
    log.Check();
    removed = removed || log.First() == 3;
    if (::testing::Test::HasFailure()) return;
    if (!was_cut) break;
  }
  EXPECT_TRUE(removed);
}

TEST(RetentionFault, APowerCutAfterAKillBringsNoRowBackWhoseBytesAreGone) {
  for (std::uint64_t seed = 1;; ++seed) {
    const std::uint64_t cut = seed / 8 + 1;
    SCOPED_TRACE("seed " + std::to_string(seed));
    ASSERT_LT(cut, 500U) << "it ends some day";
    RetentionWorld log(seed);
    ASSERT_TRUE(log.Append({{"", log.Noise()}}).has_value()) << "no key keeps the segment";
    log.Rest();
    log.Tend();
    log.runtime_->RunFor(2h);
    log.disk_.PowerOffAt(cut);
    log.Settle();
    const bool was_cut = log.disk_.power_off();
    log.Kill();
    log.runtime_->RunFor(2h);
    log.Ids("blue", 1);  // While a reader has the index open, closing it elsewhere syncs nothing.
    log.Tend();
    EXPECT_EQ(log.Segments(), 0U);
    log.PowerCut(seed);
    const auto check = log.runtime_->Run(log.log_->Check(LogFixture::Tenant("blue")));
    ASSERT_TRUE(check.has_value());
    EXPECT_TRUE(check->damaged.empty());
    if (!was_cut || ::testing::Test::HasFailure()) return;
  }
}

class RetentionEveryNth : public ::testing::TestWithParam<testing_support::sim::DiskCall> {};

TEST_P(RetentionEveryNth, AFailingCallCostsNothingAndLaterItIsDone) {
  for (std::uint64_t nth = 1;; ++nth) {
    SCOPED_TRACE("call " + std::to_string(nth));
    ASSERT_LT(nth, 500U) << "it ends some day";
    RetentionFaults log(nth);
    const std::uint64_t before = log.disk_.calls(GetParam());
    log.disk_.Inject({.call = GetParam(), .nth = nth});
    log.Tend();
    const bool failed = log.disk_.calls(GetParam()) - before >= nth;
    log.disk_.ClearFaults();
    log.Check();
    log.runtime_->RunFor(1min);
    log.Settle();
    EXPECT_EQ(log.First(), 3U) << "once the disk works again";
    log.Check();
    if (!failed || ::testing::Test::HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Each, RetentionEveryNth,
                         ::testing::Values(testing_support::sim::DiskCall::kOpen,
                                           testing_support::sim::DiskCall::kRead,
                                           testing_support::sim::DiskCall::kWrite,
                                           testing_support::sim::DiskCall::kSync,
                                           testing_support::sim::DiskCall::kRemove,
                                           testing_support::sim::DiskCall::kSyncFolder));

}  // namespace
}  // namespace notify::agent::eventlog
