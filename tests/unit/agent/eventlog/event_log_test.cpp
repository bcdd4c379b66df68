#include "agent/eventlog/event_log.hpp"

#include <gtest/gtest.h>

#include "agent/async/task_group.hpp"
#include "tests/unit/agent/eventlog/log_fixture.hpp"

namespace notify::agent::eventlog {
namespace {

using testing_support::sim::DiskCall;

class EventLogTest : public ::testing::Test, protected LogFixture {};

TEST_F(EventLogTest, GivesNumbersFromOneWithoutGaps) {
  EXPECT_EQ(Append({{"a"}, {"b"}})->first, Sequence{1});
  EXPECT_EQ(Append({{"c"}})->first, Sequence{3});
  EXPECT_EQ(Ids(), (std::vector<std::string>{"a", "b", "c"}));
}

TEST_F(EventLogTest, AcknowledgesOnlyAfterASync) {
  ASSERT_TRUE(Append({{"first"}}).has_value());
  const std::uint64_t before = disk_.syncs();
  ASSERT_TRUE(Append({{"a"}}).has_value());
  EXPECT_GT(disk_.syncs(), before);
}

TEST_F(EventLogTest, ReadsBackWhatItStoredAfterARestart) {
  ASSERT_TRUE(Append({{"a", R"({"x":1e400})"}, {"b"}}).has_value());
  PowerCut(7);
  EXPECT_EQ(Ids(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(Append({{"c"}})->first, Sequence{3});
}

TEST_F(EventLogTest, ADuplicateIsTheFirstEventAndTakesNoNumber) {
  ASSERT_TRUE(Append({{"a"}, {"b"}}).has_value());
  const auto again = Append({{"b"}, {"c"}});
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->accepted, 1U);
  EXPECT_EQ(again->first, Sequence{3});
  ASSERT_EQ(again->duplicates.size(), 1U);
  EXPECT_EQ(again->duplicates[0].index, 0U);
  EXPECT_EQ(again->duplicates[0].sequence, Sequence{2});
  EXPECT_EQ(Ids(), (std::vector<std::string>{"a", "b", "c"}));
}

TEST_F(EventLogTest, DuplicatesWithinOneBatchAreRecognised) {
  const auto outcome = Append({{"a"}, {"a"}, {"b"}});
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->accepted, 2U);
  EXPECT_EQ(Ids(), (std::vector<std::string>{"a", "b"}));
}

TEST_F(EventLogTest, DuplicatesAreRecognisedAfterARestart) {
  ASSERT_TRUE(Append({{"a"}, {"x", "{}", "key"}}).has_value());
  PowerCut(3);
  EXPECT_EQ(Append({{"a"}})->accepted, 0U);
  const auto keyed = Append({{"another id", "{}", "key"}});
  ASSERT_EQ(keyed->duplicates.size(), 1U);
  EXPECT_EQ(keyed->duplicates[0].id, "x");
}

TEST_F(EventLogTest, EventsWithoutACallersIdAreNeverDuplicates) {
  ASSERT_TRUE(Append({{""}, {""}}).has_value());
  EXPECT_EQ(Append({{""}})->accepted, 1U);
}

TEST_F(EventLogTest, OneTenantsEventsAreNotAnothers) {
  ASSERT_TRUE(Append({{"a"}}, "blue").has_value());
  EXPECT_EQ(Append({{"a"}}, "green")->accepted, 1U);
  EXPECT_EQ(Ids("green"), std::vector<std::string>{"a"});
}

TEST_F(EventLogTest, ABlockOfOneTenantDoesNotOpenInAnothersLog) {
  ASSERT_TRUE(Append({{"secret"}}, "blue").has_value());
  Rest();
  BlockSealer sealer(random_);
  StoredLog stored(runtime_->files(), 2);
  const auto blocks = stored.Read(Tenant("blue"), Sequence{0}, 1000);
  ASSERT_EQ(blocks->size(), 1U);
  const std::string& bytes = blocks->front().bytes;
  EXPECT_EQ(bytes.find("secret"), std::string::npos) << "nothing lies in the clear";
  EXPECT_TRUE(sealer.Open(Tenant("blue"), bytes).has_value());
  EXPECT_FALSE(sealer.Open(Tenant("green"), bytes).has_value());
}

TEST_F(EventLogTest, NothingLiesInTheClearInTheJournal) {
  ASSERT_TRUE(Append({{"secret-id", R"("secret-data")", "secret-key", "secret.type"}}).has_value());
  const auto names = disk_.List("/data/journal");
  ASSERT_EQ(names->size(), 4U);
  for (const std::string& name : *names) {
    const auto bytes = disk_.ReadAll("/data/journal/" + name, 64 << 20);
    EXPECT_EQ(bytes->find("secret"), std::string::npos) << name;
  }
}

TEST_F(EventLogTest, AnEventIsFoundByItsIdAloneAndTheNewestWins) {
  ASSERT_TRUE(Append({{"a"}, {"b"}}).has_value());
  const auto found = runtime_->Run(log_->Find(Tenant("blue"), "b", ""));
  ASSERT_TRUE(found.has_value() && found->has_value());
  EXPECT_EQ((*found)->batch->first.value + (*found)->index, 2U);
  EXPECT_FALSE(runtime_->Run(log_->Find(Tenant("blue"), "b", "/other"))->has_value());
  EXPECT_FALSE(runtime_->Run(log_->Find(Tenant("blue"), "none", ""))->has_value());
}

TEST_F(EventLogTest, RecordedTimesNeverGoBackWhenTheClockDoes) {
  ASSERT_TRUE(Append({{"a"}}).has_value());
  runtime_->sim_clock().StepWall(-std::chrono::hours(1));
  ASSERT_TRUE(Append({{"b"}}).has_value());
  const auto page = runtime_->Run(log_->Read(Tenant("blue"), {}, 1 << 20));
  EXPECT_GE(page->batches.back()->recorded_ms, page->batches.front()->recorded_ms);
}

TEST_F(EventLogTest, APositionOfAnotherEpochOrAheadIsAGap) {
  ASSERT_TRUE(Append({{"a"}, {"b"}}).has_value());
  const Epoch epoch = Tenant("blue").record().epoch;
  const auto other = runtime_->Run(log_->Read(Tenant("blue"), {Epoch{5}, Sequence{1}}, 1000));
  ASSERT_TRUE(other->gap.has_value());
  EXPECT_EQ(other->gap->reason, Gap::Reason::kEpoch);
  EXPECT_EQ(other->gap->resumed_after, (Position{epoch, Sequence{0}}));
  const auto ahead = runtime_->Run(log_->Read(Tenant("blue"), {epoch, Sequence{9}}, 1000));
  EXPECT_EQ(ahead->gap->reason, Gap::Reason::kAhead);
  EXPECT_EQ(ahead->gap->resumed_after.sequence, Sequence{2});
}

/// A feed that writes down what it is given.
class Recorder final : public LiveFeed {
 public:
  void OnBatch(BatchPtr batch) override {
    EXPECT_EQ(batch->first.value, last + 1) << "no hole";
    last = batch->last().value;
  }
  void OnLagging() override { lagging = true; }
  std::uint64_t last = 0;
  bool lagging = false;
};

TEST_F(EventLogTest, AFeedGetsEveryBatchAfterTheHeadItAttachedAt) {
  ASSERT_TRUE(Append({{"a"}}).has_value());
  auto feed = std::make_shared<Recorder>();
  const auto at = runtime_->Run(log_->Attach(Tenant("blue"), runtime_->io(1).executor(), feed));
  ASSERT_EQ(at->sequence, Sequence{1});
  feed->last = 1;
  ASSERT_TRUE(Append({{"b"}, {"c"}}).has_value());
  ASSERT_TRUE(Append({{"d"}}).has_value());
  runtime_->RunUntilIdle();
  EXPECT_EQ(feed->last, 4U);
}

TEST_F(EventLogTest, AFailedSyncIsNeverAcknowledgedAndTheLogGoesOn) {
  ASSERT_TRUE(Append({{"a"}}).has_value());
  disk_.Inject({.call = DiskCall::kSync, .nth = 1});
  const auto failed = Append({{"b"}});
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().code, Errc::kOutcomeUnknown);
  disk_.ClearFaults();
  const auto again = Append({{"b"}});
  ASSERT_TRUE(again.has_value()) << again.error().detail;
  const std::vector<std::string> ids = Ids();
  EXPECT_EQ(ids, (std::vector<std::string>{"a", "b"})) << "there exactly once";
}

// What the journal holds goes to the tenants' segments: nobody who reads or publishes sees it.

class MovedLogTest : public ::testing::Test, protected LogFixture {
 protected:
  MovedLogTest() : LogFixture(1, SmallJournal()) {}

  /// Publishes `count` events, one after another, and returns their ids.
  std::vector<std::string> Publish(int count, const std::string& tenant = "blue") {
    for (int i = 0; i < count; ++i) {
      ids_[tenant].push_back(tenant + std::to_string(ids_[tenant].size()));
      const auto appended = Append({{ids_[tenant].back()}}, tenant);
      EXPECT_TRUE(appended.has_value()) << appended.error().detail;
    }
    return ids_[tenant];
  }
  std::size_t StoredBlocks() {
    StoredLog stored(runtime_->files(), 2);
    return stored.Read(Tenant("blue"), Sequence{0}, 100 << 20)->size();
  }

  std::map<std::string, std::vector<std::string>> ids_;
};

TEST_F(MovedLogTest, AFullJournalIsMovedWhileOthersPublish) {
  const auto blue = Publish(100);
  const auto green = Publish(100, "green");
  EXPECT_EQ(Ids("blue"), blue);
  EXPECT_EQ(Ids("green"), green);
  EXPECT_GT(StoredBlocks(), 0U) << "the journal cannot hold them all";
}

TEST_F(MovedLogTest, WhoFindsTheJournalFullWaitsUntilItIsMoved) {
  std::size_t accepted = 0;
  const auto write = [&](int writer) -> async::Task<void> {
    for (int i = 0; i < 10; ++i) {
      std::vector<Sent> events;
      events.push_back({std::to_string(writer) + "-" + std::to_string(i)});
      const auto answer = co_await AppendTask(std::move(events), Tenant("blue"));
      EXPECT_TRUE(answer.has_value()) << answer.error().detail;
      accepted += answer ? answer->accepted : 0;
    }
  };
  async::TaskGroup group(runtime_->io(0).executor());
  // Each commit of them all fills a file of the journal.
  for (int writer = 0; writer < 100; ++writer) group.Spawn(write(writer));
  runtime_->RunFor(std::chrono::minutes(1));
  EXPECT_EQ(accepted, 1000U);
  EXPECT_EQ(Ids().size(), 1000U);
}

TEST_F(MovedLogTest, WhatLiesBehindAStuckGenerationIsMovedAfterIt) {
  disk_.Inject({.call = DiskCall::kSync, .nth = 1, .path_part = ".seg", .from_then_on = true});
  Publish(3);
  Rest();
  Publish(3);
  Rest();
  disk_.ClearFaults();
  Rest();
  const auto stored = StoredLog(runtime_->files(), 2).Read(Tenant("blue"), Sequence{0}, 1 << 20);
  ASSERT_TRUE(stored.has_value() && !stored->empty());
  EXPECT_EQ(stored->back().info.last, Sequence{6});
}

TEST_F(MovedLogTest, SmallBlocksAreMerged) {
  const auto ids = Publish(200);
  Rest();
  EXPECT_LE(StoredBlocks(), 2U);
  EXPECT_EQ(Ids(), ids);
}

TEST_F(MovedLogTest, AMergedEventKeepsTheTimeOfItsCommit) {
  ASSERT_TRUE(Append({{"a"}}).has_value());
  runtime_->RunFor(std::chrono::seconds(5));
  ASSERT_TRUE(Append({{"b"}}).has_value());
  ASSERT_TRUE(Append({{"c"}}).has_value());
  Rest();
  PowerCut(1);
  const auto page = runtime_->Run(log_->Read(Tenant("blue"), {}, 1 << 20));
  ASSERT_EQ(page->batches.size(), 1U);
  const CommittedBatch& batch = *page->batches[0];
  EXPECT_EQ(batch.RecordedMs(1) - batch.RecordedMs(0), 5000);
  EXPECT_EQ(batch.RecordedMs(2), batch.RecordedMs(1));
  const Clock::WallTime second{std::chrono::milliseconds(batch.RecordedMs(1))};
  EXPECT_EQ(runtime_->Run(log_->Before(Tenant("blue"), second))->sequence, Sequence{1});
}

TEST_F(MovedLogTest, DuplicatesAreRecognisedInSortedRuns) {
  Publish(150);
  Rest();
  EXPECT_EQ(Append({{"blue7"}})->accepted, 0U);
  PowerCut(5);
  const auto again = Append({{"blue149"}, {"new"}, {"blue0"}});
  ASSERT_EQ(again->duplicates.size(), 2U);
  EXPECT_EQ(again->duplicates[0].sequence, Sequence{150});
  EXPECT_EQ(again->duplicates[1].sequence, Sequence{1});
  EXPECT_EQ(again->accepted, 1U);
}

TEST_F(MovedLogTest, AnEventIsFoundByItsIdInTheSegments) {
  Publish(50);
  Rest();
  PowerCut(2);
  const auto found = runtime_->Run(log_->Find(Tenant("blue"), "blue33", ""));
  ASSERT_TRUE(found.has_value() && found->has_value());
  EXPECT_EQ((*found)->batch->first.value + (*found)->index, 34U);
}

TEST_F(MovedLogTest, WhatCannotBeMovedStaysInTheJournalAndIsMovedLater) {
  disk_.Inject({.call = DiskCall::kSync, .nth = 1, .path_part = ".seg", .from_then_on = true});
  std::size_t stored = 0;
  Errc refused{};
  for (int i = 0; i < 200; ++i) {
    const auto appended = Append({{"e" + std::to_string(i)}});
    stored += appended ? 1 : 0;
    if (!appended) refused = appended.error().code;
  }
  EXPECT_EQ(refused, Errc::kUnavailable) << "both files are full";
  EXPECT_EQ(Ids().size(), stored) << "reading goes on";
  disk_.ClearFaults();
  runtime_->RunFor(std::chrono::minutes(1));
  EXPECT_TRUE(Append({{"again"}}).has_value());
  EXPECT_EQ(Ids().size(), stored + 1);
}

TEST_F(MovedLogTest, WithoutRoomEventsAreRefusedAndReadingGoesOn) {
  Publish(5);
  disk_.SetCapacity(1);
  std::size_t stored = 5;
  Result<AppendOutcome> appended = Fail(Errc::kInternal, "");
  while ((appended = Append({{"e" + std::to_string(stored)}})).has_value()) ++stored;
  EXPECT_EQ(appended.error().code, Errc::kStorageFull);
  EXPECT_EQ(Ids().size(), stored);
  disk_.LiftCapacity();
  EXPECT_TRUE(Append({{"again"}}).has_value()) << "without a restart";
  EXPECT_EQ(Ids().size(), stored + 1);
}

TEST_F(MovedLogTest, AnotherNumberOfStorageThreadsFindsTheJournals) {
  const auto blue = Publish(3);
  const auto green = Publish(3, "green");
  storage_threads_ = 3;
  PowerCut(4);
  EXPECT_EQ(Ids("blue"), blue);
  EXPECT_EQ(Ids("green"), green);
  EXPECT_EQ(Append({{"blue1"}})->accepted, 0U);
  EXPECT_EQ(Append({{"x"}})->first, Sequence{4});
}

TEST_F(MovedLogTest, ABlockThatIsDamagedOnDiskIsAGapAndTheRestIsServed) {
  Publish(30);
  Rest();
  const std::string large = "\"" + std::string(200'000, 'x') + "\"";
  ASSERT_TRUE(Append({{"big", large}}).has_value());
  ASSERT_TRUE(Append({{"after", large}}).has_value());
  Rest();
  const StoredBlockInfo first =
      StoredLog(runtime_->files(), 2).Read(Tenant("blue"), {}, 1)->at(0).info;
  ASSERT_EQ(first.last, Sequence{30});
  disk_.FlipBit(SegmentPath(Tenant("blue"), first.segment), first.offset + 60, 3);
  PowerCut(1);
  const auto page = runtime_->Run(log_->Read(Tenant("blue"), {}, 1 << 20));
  ASSERT_TRUE(page.has_value() && page->gap.has_value());
  EXPECT_EQ(page->gap->reason, Gap::Reason::kDamaged);
  EXPECT_EQ(page->gap->resumed_after.sequence, Sequence{30});
  EXPECT_EQ(page->gap->missed, 30U);
  ASSERT_FALSE(page->batches.empty());
  EXPECT_EQ(page->batches.front()->first, Sequence{31});
}

TEST_F(MovedLogTest, WhatFollowsAMovedJournalIsThereAfterEveryRestart) {
  std::vector<std::string> sent;
  for (int round = 0; round < 6; ++round) {
    sent.push_back("r" + std::to_string(round));
    ASSERT_TRUE(Append({{sent.back()}}).has_value());
    // Moved and told so, with nothing in the next generation yet; then not moved.
    if (round % 2 == 0) Rest();
    PowerCut(static_cast<std::uint64_t>(round) + 1);
    EXPECT_EQ(Ids(), sent) << "round " << round;
  }
}

TEST_F(MovedLogTest, WhatIsNowhereIsAGapAndNoReaderWaitsForIt) {
  const std::string large = "\"" + std::string(200'000, 'x') + "\"";
  for (const char* id : {"a", "b", "c"}) ASSERT_TRUE(Append({{id, large}}).has_value());
  Rest();
  {
    auto index = store::Database::Open("/data/blue/log/index.db", {.vfs = disk_.SqliteVfs()});
    ASSERT_TRUE(index.has_value());
    ASSERT_TRUE((*index)->Run("DELETE FROM blocks WHERE first > 1").has_value());
  }
  disk_.SyncAll();
  PowerCut(1);
  ASSERT_TRUE(Append({{"new"}}).has_value());
  PowerCut(2);  // Nothing of it is in memory.
  const auto page = runtime_->Run(log_->Read(Tenant("blue"), {{}, Sequence{1}}, 1 << 20));
  ASSERT_TRUE(page.has_value() && page->gap.has_value());
  EXPECT_EQ(page->gap->reason, Gap::Reason::kDamaged);
  EXPECT_EQ(page->gap->resumed_after.sequence, Sequence{3});
  EXPECT_EQ(page->gap->missed, 2U);
  EXPECT_EQ(Ids("blue", 3), std::vector<std::string>{"new"});
}

TEST_F(MovedLogTest, AReadForATypeOpensNoBlockWithoutIt) {
  const std::string large = "\"" + std::string(200'000, 'x') + "\"";
  ASSERT_TRUE(Append({{"a", large, "", "a.b"}}).has_value());
  ASSERT_TRUE(Append({{"b", large, "", "fx.quote.created"}}).has_value());
  ASSERT_TRUE(Append({{"c", large, "", "a.b"}}).has_value());
  Rest();
  const StoredBlockInfo first =
      StoredLog(runtime_->files(), 2).Read(Tenant("blue"), {}, 1)->at(0).info;
  disk_.FlipBit(SegmentPath(Tenant("blue"), first.segment), first.offset + 60, 3);
  PowerCut(1);
  for (const char* pattern : {"fx.quote.created", "fx.*"}) {
    const auto page = runtime_->Run(
        log_->Read(Tenant("blue"), {}, 1 << 20, WantedEvents{.types = {pattern}, .stream = {}}));
    ASSERT_TRUE(page.has_value());
    EXPECT_FALSE(page->gap.has_value()) << "nobody looked at the block that is damaged";
    ASSERT_EQ(page->batches.size(), 1U);
    EXPECT_EQ(page->batches[0]->first, Sequence{2});
    EXPECT_EQ(page->after.sequence, Sequence{3});
    EXPECT_TRUE(page->at_head);
  }
}

TEST_F(MovedLogTest, ACheckProvesEveryEventWhereverItLies) {
  Publish(40);
  Rest();
  Publish(3);
  const auto stat = runtime_->Run(log_->Stat(Tenant("blue")));
  EXPECT_EQ(stat->last, Sequence{43});
  EXPECT_EQ(stat->keys, 40U);
  EXPECT_EQ(stat->journal_blocks, 3U);
  const auto check = runtime_->Run(log_->Check(Tenant("blue")));
  EXPECT_EQ(check->events, 43U);
  EXPECT_TRUE(check->damaged.empty());
}

TEST_F(MovedLogTest, ACheckFindsWhatIsDamaged) {
  Publish(30);
  Rest();
  StoredLog stored(runtime_->files(), 2);
  const StoredBlockInfo block = stored.Read(Tenant("blue"), {}, 1)->at(0).info;
  const KeyRunInfo run = stored.RunInfos(Tenant("blue"))->at(0);
  disk_.FlipBit(SegmentPath(Tenant("blue"), block.segment), block.offset + 60, 3);
  disk_.FlipBit(SegmentPath(Tenant("blue"), run.segment), run.offset + 9, 1);
  PowerCut(1);
  const auto check = runtime_->Run(log_->Check(Tenant("blue")));
  ASSERT_EQ(check->damaged.size(), 1U);
  EXPECT_EQ(check->damaged[0].last, Sequence{30});
  EXPECT_EQ(check->damaged_key_runs, 1U);
  EXPECT_EQ(check->events, 0U);
}

TEST_F(MovedLogTest, AFailedSyncOfTheJournalIsNeverRetriedAndItsCommitIsVoid) {
  Publish(5);
  disk_.Inject({.call = DiskCall::kSync, .nth = 1, .path_part = "/journal/"});
  EXPECT_EQ(Append({{"lost"}}).error().code, Errc::kOutcomeUnknown);
  disk_.ClearFaults();
  ASSERT_TRUE(Append({{"next"}}).has_value());
  PowerCut(9);
  const std::vector<std::string> ids = Ids();
  EXPECT_EQ(ids.size(), 6U);
  EXPECT_EQ(ids.back(), "next") << "its number was given again, and only once";
}

TEST(EventLogIntake, AFullQueueRefusesAndForgetsNothing) {
  LogFixture log(1, LogOptions{.intake_bytes = 2000});
  std::vector<Result<AppendOutcome>> answers;
  async::TaskGroup group(log.runtime_->io(0).executor());
  const auto publish = [](LogFixture& f, std::vector<Result<AppendOutcome>>& out,
                          int i) -> async::Task<void> {
    std::vector<LogFixture::Sent> events;
    events.push_back({"e" + std::to_string(i)});
    out.push_back(co_await f.AppendTask(std::move(events), LogFixture::Tenant("blue")));
  };
  for (int i = 0; i < 50; ++i) group.Spawn(publish(log, answers, i));
  log.runtime_->RunUntil([&] { return answers.size() == 50; });
  std::size_t stored = 0;
  for (const auto& answer : answers) {
    if (answer) {
      ++stored;
    } else {
      EXPECT_EQ(answer.error().code, Errc::kOverloaded);
      EXPECT_TRUE(answer.error().retry_after.has_value());
    }
  }
  EXPECT_LT(stored, 50U);
  EXPECT_EQ(log.Ids().size(), stored);
  EXPECT_TRUE(log.Append({{"after"}}).has_value());
  log.runtime_->Run(group.Stop());
}

}  // namespace
}  // namespace notify::agent::eventlog
