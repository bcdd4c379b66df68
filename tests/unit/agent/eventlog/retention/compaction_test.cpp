// Compaction in the whole log: what it merges and gives back, and that nothing is lost on the way.
#include <gmock/gmock.h>

#include "tests/unit/agent/eventlog/retention/retention_world.hpp"

namespace notify::agent::eventlog {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::SizeIs;
using testing_support::sim::DiskCall;
using State = CompactionReport::State;

class Compacting : public RetentionWorld {
 public:
  explicit Compacting(std::uint64_t seed = 1) : RetentionWorld(seed) {}

  /// A segment of which retention removed the first half.
  void MakeHalfDead() {
    Store({"a", "b"});
    Tend();
    runtime_->RunFor(2h);
    Store({"c", "d"});
    Settle();
    Tend({});
  }

  CompactionPlan Plan() { return *runtime_->Run(log_->PlanCompaction(Tenant("blue"))); }
  CompactionReport Compact() {
    EXPECT_TRUE(runtime_->Run(log_->Compact(Tenant("blue"))).has_value());
    return WaitForIt();
  }
  CompactionReport WaitForIt() {
    for (int look = 0; look < 100; ++look) {
      const auto report = runtime_->Run(log_->Compaction(Tenant("blue")));
      if (!report || report->state != State::kRunning) return report.value_or(CompactionReport());
      runtime_->RunFor(1s);
    }
    ADD_FAILURE() << "it never ends";
    return {};
  }
  void ExpectWhole() {
    const auto check = runtime_->Run(log_->Check(Tenant("blue")));
    ASSERT_TRUE(check.has_value());
    EXPECT_TRUE(check->damaged.empty());
    EXPECT_EQ(check->damaged_key_runs, 0U);
  }
  LogStat Stat() { return *runtime_->Run(log_->Stat(Tenant("blue"))); }
};

class CompactionTest : public ::testing::Test, protected Compacting {};

TEST_F(CompactionTest, GivesBackWhatRetentionLeftDead) {
  MakeHalfDead();
  ASSERT_EQ(First(), 3U);
  const CompactionPlan before = Plan();
  EXPECT_EQ(before.rewritten_segments, 1U);
  EXPECT_GT(before.dead_bytes(), before.bytes / 3);
  const CompactionReport report = Compact();
  EXPECT_EQ(report.state, State::kCompleted) << report.error;
  EXPECT_EQ(report.progress, 1);
  EXPECT_GE(report.freed_bytes, before.dead_bytes());
  EXPECT_TRUE(Plan().is_empty());
  EXPECT_LT(Plan().bytes, before.bytes * 2 / 3);
  EXPECT_EQ(Segments(), 1U);
  EXPECT_THAT(Ids("blue", 2), ElementsAre("c", "d"));
  ExpectWhole();
}

TEST_F(CompactionTest, APlanChangesNothing) {
  MakeHalfDead();
  const CompactionPlan plan = Plan();
  EXPECT_EQ(Plan().bytes, plan.bytes);
  EXPECT_FALSE(runtime_->Run(log_->Compaction(Tenant("blue"))).has_value());
}

TEST_F(CompactionTest, MergesSmallBlocksThatFollowOneAnother) {
  // The mover leaves a small block alone where less comes behind it.
  ASSERT_TRUE(Append({{"a", Noise(100'000)}}).has_value());
  Rest();
  ASSERT_TRUE(Append({{"b"}}).has_value());
  Rest();
  ASSERT_EQ(Stat().stored_blocks, 2U);
  EXPECT_EQ(Plan().small_blocks, 2U);
  const CompactionReport report = Compact();
  EXPECT_EQ(report.state, State::kCompleted) << report.error;
  EXPECT_EQ(report.merged_blocks, 2U);
  EXPECT_EQ(Stat().stored_blocks, 1U);
  EXPECT_THAT(Ids(), ElementsAre("a", "b"));
  ExpectWhole();
}

TEST_F(CompactionTest, BeginsByItselfWhereALogGetsLittleAtATime) {
  std::vector<std::string> ids;
  std::uint64_t most = 0;
  for (int i = 0; i < 300; ++i) {
    ids.push_back("t" + std::to_string(i));
    ASSERT_TRUE(Append({{ids.back(), Noise(400)}}).has_value());
    Rest();
    most = std::max(most, Stat().stored_blocks);
  }
  EXPECT_EQ(WaitForIt().state, State::kCompleted);
  EXPECT_GT(WaitForIt().merged_blocks, 30U);
  EXPECT_LT(most, 80U) << "it would have been a block for each two events";
  EXPECT_EQ(Ids(), ids);
  ExpectWhole();
}

TEST_F(CompactionTest, DuplicatesAreStillRecognised) {
  MakeHalfDead();
  ASSERT_EQ(Append({{"a"}, {"d"}})->duplicates.size(), 2U) << "the runs are open now";
  Compact();
  EXPECT_THAT(Append({{"a"}, {"b"}, {"c"}, {"d"}})->duplicates, SizeIs(4));
  PowerCut(3);
  EXPECT_THAT(Append({{"a"}, {"b"}, {"c"}, {"d"}})->duplicates, SizeIs(4));
}

TEST_F(CompactionTest, ReadersAndWritersGoOnMeanwhile) {
  MakeHalfDead();
  // A reader that has the old files open.
  EXPECT_THAT(Ids("blue", 2), ElementsAre("c", "d"));
  ASSERT_TRUE(runtime_->Run(log_->Compact(Tenant("blue"))).has_value());
  ASSERT_TRUE(Append({{"e", Noise()}}).has_value());
  WaitForIt();
  EXPECT_THAT(Ids("blue", 2), ElementsAre("c", "d", "e"));
  Rest();
  EXPECT_THAT(Ids("blue", 2), ElementsAre("c", "d", "e"));
  ExpectWhole();
}

TEST_F(CompactionTest, ADamagedBlockIsTakenAlongAsItIs) {
  MakeHalfDead();
  StoredLog stored(runtime_->files(), 1);
  const auto blocks = stored.Read(Tenant("blue"), Sequence{2}, 1 << 20);
  disk_.FlipBit("/data/blue/log/00000001.seg", blocks->front().info.offset + 500, 3);
  EXPECT_EQ(Compact().state, State::kCompleted);
  const auto check = runtime_->Run(log_->Check(Tenant("blue")));
  EXPECT_FALSE(disk_.Exists("/data/blue/log/00000001.seg")) << "it was written again";
  ASSERT_THAT(check->damaged, SizeIs(1));
  EXPECT_EQ(check->damaged[0].first, Sequence{3});
  EXPECT_EQ(check->damaged[0].last, Sequence{3});
}

TEST_F(CompactionTest, OnAFullDiskNothingIsLostAndItSaysSo) {
  MakeHalfDead();
  disk_.SetCapacity(disk_.Space("/data")->used());
  const CompactionReport report = Compact();
  EXPECT_EQ(report.state, State::kFailed);
  EXPECT_FALSE(report.error.empty());
  disk_.LiftCapacity();
  EXPECT_EQ(Compact().state, State::kCompleted) << "asking again goes on";
  EXPECT_THAT(Ids("blue", 2), ElementsAre("c", "d"));
}

TEST(CompactionFault, APowerCutAtAnyPointLosesNothing) {
  for (std::uint64_t cut = 1;; ++cut) {
    SCOPED_TRACE("cut " + std::to_string(cut));
    ASSERT_LT(cut, 500U) << "it ends some day";
    Compacting log(cut);
    log.MakeHalfDead();
    log.disk_.PowerOffAt(cut);
    (void)log.runtime_->Run(log.log_->Compact(LogFixture::Tenant("blue")));
    for (int turn = 0; turn < 20; ++turn) log.runtime_->RunFor(1s);
    const bool was_cut = log.disk_.power_off();
    log.PowerCut(cut);
    EXPECT_THAT(log.Ids("blue", 2), ElementsAre("c", "d"));
    log.ExpectWhole();
    EXPECT_EQ(log.Append({{"a"}, {"d"}})->accepted, 0U);
    EXPECT_EQ(log.Compact().state, State::kCompleted);
    EXPECT_THAT(log.Ids("blue", 2), ElementsAre("c", "d"));
    EXPECT_EQ(log.Segments(), 1U) << "what was cut off is cleared away";
    if (::testing::Test::HasFailure()) return;
    if (was_cut) continue;
    EXPECT_GT(cut, 10U) << "there were places to cut at";
    return;
  }
}

class CompactionEveryNth : public ::testing::TestWithParam<DiskCall> {};

TEST_P(CompactionEveryNth, AFailingCallLosesNothing) {
  for (std::uint64_t nth = 1;; ++nth) {
    SCOPED_TRACE("call " + std::to_string(nth));
    ASSERT_LT(nth, 500U) << "it ends some day";
    Compacting log(nth);
    log.MakeHalfDead();
    const std::uint64_t before = log.disk_.calls(GetParam());
    log.disk_.Inject({.call = GetParam(), .nth = nth});
    (void)log.runtime_->Run(log.log_->Compact(LogFixture::Tenant("blue")));
    log.WaitForIt();
    const bool failed = log.disk_.calls(GetParam()) - before >= nth;
    log.disk_.ClearFaults();
    EXPECT_THAT(log.Ids("blue", 2), ElementsAre("c", "d"));
    ASSERT_TRUE(log.Append({{"e"}}).has_value());
    log.Rest();
    log.PowerCut(nth);
    EXPECT_THAT(log.Ids("blue", 2), ElementsAre("c", "d", "e"));
    log.ExpectWhole();
    if (!failed || ::testing::Test::HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Each, CompactionEveryNth,
                         ::testing::Values(DiskCall::kOpen, DiskCall::kCreate, DiskCall::kRead,
                                           DiskCall::kWrite, DiskCall::kSync, DiskCall::kRemove,
                                           DiskCall::kSyncFolder));

TEST(OpenFiles, StayBoundedHoweverManyTenantsThereAre) {
  LogOptions options = OneHour();
  options.max_open = 4;
  RetentionWorld log(1, options);
  constexpr int kTenants = 60;
  const auto tenant = [](int i) { return "tenant-" + std::to_string(i); };
  for (int i = 0; i < kTenants; ++i) {
    ASSERT_TRUE(log.disk_.MakeFolder("/data/" + tenant(i) + "/log").has_value());
    ASSERT_TRUE(log.Append({{"a"}}, tenant(i)).has_value());
  }
  log.Rest();
  std::size_t most = 0;
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < kTenants; ++i) {
      EXPECT_EQ(log.Append({{"a"}}, tenant(i))->duplicates.size(), 1U) << "by its run on disk";
      EXPECT_EQ(log.Ids(tenant(i)).size(), 1U);
      most = std::max(most, log.disk_.open_files());
    }
  }
  // Two threads that store and one that reads, each with four tenants of an index (a file, its WAL)
  // and a segment; and the journals.
  EXPECT_LE(most, 60U);
}

}  // namespace
}  // namespace notify::agent::eventlog
