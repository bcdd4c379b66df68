// What the log promises while its disk fails and the power goes: what was acknowledged is there,
// once, in order, and nothing half-written is shown.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "agent/async/task_group.hpp"
#include "tests/unit/agent/eventlog/log_fixture.hpp"

namespace notify::agent::eventlog {
namespace {

using testing_support::sim::DiskCall;

/// Three writers of one tenant, each one event after another, as ids `writer-number`. Each has a
/// stream of its own, and another is for all of them.
class Writers {
 public:
  Writers(LogFixture& log, int each) : log_(log), each_(each) {
    for (int w = 0; w < kWriters; ++w) group_->Spawn(Write(w));
  }
  ~Writers() { testing_support::sim::Abandon(std::move(group_)); }

  /// Runs until all have ended, or `met`.
  void RunUntil(const std::function<bool()>& met) {
    log_.runtime_->RunUntil([&] { return ended_ == kWriters || met(); });
  }

  /// Looks at what is there: every acknowledged event once, and at most one more of each writer
  /// that was not answered.
  void Check(bool go_on_after_errors) const {
    CheckStreams();
    const std::vector<std::string> there = log_.Ids();
    std::map<std::string, int> count;
    for (const std::string& id : there) ++count[id];
    for (const std::string& id : acknowledged_) EXPECT_EQ(count[id], 1) << id;
    for (const auto& [id, times] : count) EXPECT_EQ(times, 1) << id;
    if (!go_on_after_errors) {
      EXPECT_LE(there.size(), acknowledged_.size() + kWriters);
    }
  }

  bool go_on = false;  ///< Tries the same event again after an error, as the contract says.

 private:
  static constexpr int kWriters = 3;

  static std::string StreamOf(int writer, int number) {
    return number % 3 == 0 ? "all" : "writer " + std::to_string(writer);
  }

  /// Versions have no gap and are given once, and the head of each stream is its last event.
  void CheckStreams() const {
    std::map<std::string, std::uint64_t> last;
    for (const std::string& each : log_.Versions()) {
      const std::size_t at = each.find('@');
      EXPECT_EQ(each.substr(at + 1), std::to_string(++last[each.substr(0, at)])) << each;
    }
    for (const auto& [stream, version] : last) EXPECT_EQ(log_.Stream(stream).version, version);
  }

  async::Task<void> Write(int writer) {
    for (int i = 0; i < each_; ++i) {
      const std::string id = std::to_string(writer) + "-" + std::to_string(i);
      for (int tries = 0; tries < 20; ++tries) {
        std::vector<LogFixture::Sent> events;
        events.push_back(LogFixture::Of(StreamOf(writer, i), id));
        const auto answer = co_await log_.AppendTask(std::move(events), LogFixture::Tenant("blue"));
        if (answer) acknowledged_.push_back(id);
        if (answer || !go_on) break;
        co_await log_.runtime_->io(0).timers().Sleep(std::chrono::seconds(2));
      }
      const bool acknowledged = std::ranges::find(acknowledged_, id) != acknowledged_.end();
      if (!acknowledged && !go_on) break;
    }
    ++ended_;
  }

  LogFixture& log_;
  const int each_;
  std::unique_ptr<async::TaskGroup> group_ =
      std::make_unique<async::TaskGroup>(log_.runtime_->io(0).executor());
  std::vector<std::string> acknowledged_;
  int ended_ = 0;
};

/// NOTIFY_POWER_CUTS raises the number of cuts.
std::uint64_t PowerCuts() {
  const char* const cuts = std::getenv("NOTIFY_POWER_CUTS");
  return cuts != nullptr ? std::strtoull(cuts, nullptr, 10) : 2000;
}

TEST(LogPowerCut, EveryAcknowledgedEventIsThereOnceAndInOrder) {
  for (std::uint64_t seed = 1; seed <= PowerCuts() && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    // Mostly with a journal that is moved and used again all the time.
    LogFixture log(seed, seed % 4 != 0 ? LogFixture::SmallJournal() : LogOptions{});
    Writers writers(log, 20);
    log.disk_.PowerOffAt(seed * 7 % 400 + 1);
    writers.RunUntil([&] { return log.disk_.power_off(); });
    log.PowerCut(seed);
    writers.Check(false);
  }
}

// The next process finds what the killed one wrote and had not synced, takes it for stored, and
// uses the journal again: for another tenant, so that nothing else of this one is synced.
TEST(LogPowerCut, ACutAfterAKillLosesNothingEither) {
  for (std::uint64_t seed = 1; seed <= 1500 && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    LogFixture log(seed, LogFixture::SmallJournal());
    log.storage_threads_ = 1;
    log.Kill();
    Writers writers(log, 20);
    if (seed % 2 == 0) {  // While the agent at rest moves what is left.
      writers.RunUntil([] { return false; });
      log.disk_.PowerOffAt(seed % 40 + 1);
      log.Rest();
    }
    log.disk_.PowerOffAt(seed * 7 % 400 + 1);
    writers.RunUntil([&] { return log.disk_.power_off(); });
    log.Kill();
    log.Ids();  // While a reader has the index open, closing it elsewhere syncs nothing.
    log.disk_.PowerOffAt(seed * 11 % 150 + 1);
    for (int i = 0; i < 60 && !log.disk_.power_off(); ++i) {
      (void)log.Append({{"later-" + std::to_string(i)}}, "green");
    }
    log.PowerCut(seed);
    writers.Check(true);
  }
}

TEST(LogPowerCut, ACutDuringRecoveryIsACutLikeAnyOther) {
  for (std::uint64_t seed = 1; seed <= 100 && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    LogFixture log(seed, LogFixture::SmallJournal());
    Writers writers(log, 20);
    log.disk_.PowerOffAt(150 + seed);
    writers.RunUntil([&] { return log.disk_.power_off(); });
    for (std::uint64_t again = 1; again <= 3; ++again) {
      log.PowerCut(seed * 10 + again, again * seed % 40 + 1);
      log.runtime_->RunFor(std::chrono::seconds(1));
    }
    log.PowerCut(seed);
    writers.Check(false);
  }
}

/// SQLite's own method: fail the nth call for n = 1, 2, … until none fails any more.
class LogEveryNth : public ::testing::TestWithParam<DiskCall> {};

TEST_P(LogEveryNth, FailingCallLosesNothingThatWasAcknowledged) {
  for (std::uint64_t nth = 1;; ++nth) {
    ASSERT_LT(nth, 2000U) << "it ends some day";
    SCOPED_TRACE("call " + std::to_string(nth));
    LogFixture log(nth, LogFixture::SmallJournal());
    Writers writers(log, 15);
    writers.go_on = true;
    const std::uint64_t before = log.disk_.calls(GetParam());
    log.disk_.Inject({.call = GetParam(), .nth = nth});
    writers.RunUntil([] { return false; });
    const bool failed = log.disk_.calls(GetParam()) - before >= nth;
    log.disk_.ClearFaults();
    writers.Check(true);
    log.PowerCut(nth);
    writers.Check(true);
    if (!failed || ::testing::Test::HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Each, LogEveryNth,
                         ::testing::Values(DiskCall::kOpen, DiskCall::kCreate, DiskCall::kRead,
                                           DiskCall::kWrite, DiskCall::kResize, DiskCall::kSync,
                                           DiskCall::kSyncFolder));

}  // namespace
}  // namespace notify::agent::eventlog
