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
  BlockSealer sealer(random_);
  SqliteCommitLog blue(runtime_->files().SqliteVfs());
  ASSERT_TRUE(blue.Open(Tenant("blue")).has_value());
  const auto blocks = blue.Read(Tenant("blue"), Sequence{0}, 1000);
  ASSERT_EQ(blocks->size(), 1U);
  EXPECT_EQ(blocks->front().find("secret"), std::string::npos) << "nothing lies in the clear";
  EXPECT_TRUE(sealer.Open(Tenant("blue"), blocks->front()).has_value());
  EXPECT_FALSE(sealer.Open(Tenant("green"), blocks->front()).has_value());
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

TEST_F(EventLogTest, WithoutRoomTheEventIsRefusedAndReadingGoesOn) {
  ASSERT_TRUE(Append({{"a"}}).has_value());
  disk_.SetCapacity(1);
  const auto refused = Append({{"b", "\"" + std::string(20'000, 'x') + "\""}});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(Ids(), std::vector<std::string>{"a"});
  disk_.LiftCapacity();
  EXPECT_TRUE(Append({{"b"}}).has_value());
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

/// Publishes with several writers, cuts the power at a random moment, and looks what is there.
class PowerCutTest : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(PowerCutTest, EveryAcknowledgedEventIsThereOnceAndInOrder) {
  LogFixture log(GetParam());
  std::vector<std::string> acknowledged;
  auto* const group = new async::TaskGroup(log.runtime_->io(0).executor());
  const auto writer = [](LogFixture& f, std::vector<std::string>& acked,
                         int w) -> async::Task<void> {
    for (int i = 0; i < 20; ++i) {
      std::vector<LogFixture::Sent> events;
      events.push_back({std::to_string(w) + "-" + std::to_string(i)});
      const std::string id = events[0].id;
      auto answer = co_await f.AppendTask(std::move(events), LogFixture::Tenant("blue"));
      if (!answer) co_return;
      acked.push_back(id);
    }
  };
  for (int w = 0; w < 3; ++w) group->Spawn(writer(log, acknowledged, w));
  log.disk_.PowerOffAt(GetParam() * 7 % 200 + 20);
  log.runtime_->RunUntil([&] { return log.disk_.power_off() || acknowledged.size() == 60; });
  testing_support::sim::Abandon(std::unique_ptr<async::TaskGroup>(group));
  log.PowerCut(GetParam());
  const std::vector<std::string> there = log.Ids();
  std::map<std::string, int> count;
  for (const std::string& id : there) ++count[id];
  for (const std::string& id : acknowledged) EXPECT_EQ(count[id], 1) << id;
  for (const auto& [id, times] : count) EXPECT_EQ(times, 1) << id;
  EXPECT_LE(there.size(), acknowledged.size() + 3) << "at most one unanswered event a writer";
}

INSTANTIATE_TEST_SUITE_P(Seeds, PowerCutTest, ::testing::Range<std::uint64_t>(1, 101));

}  // namespace
}  // namespace notify::agent::eventlog
