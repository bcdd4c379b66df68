#include "agent/pipeline/scheduling.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "agent/pipeline/own_events.hpp"
#include "common/model/rfc3339.hpp"
#include "tests/support/recording_audit.hpp"
#include "tests/support/sim/abandoned.hpp"
#include "tests/unit/agent/eventlog/log_fixture.hpp"

namespace notify::agent::pipeline {
namespace {

using namespace std::chrono_literals;
using schedule::State;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

/// What a life of the agent has beside the log.
struct Life {
  Life(async::Runtime& runtime, eventlog::EventLog& log, ScheduleLimits limits)
      : gates(runtime, {}),
        own_events(runtime, gates, log),
        databases(runtime.clock(), runtime.files().SqliteVfs(), {}),
        directory(runtime),
        scheduling({runtime, log, own_events, databases, metrics}, directory, audit, limits) {
    directory.AddObserver(scheduling);
  }

  telemetry::Metrics metrics{telemetry::MetricsOptions{}};
  testing_support::RecordingAudit audit;
  quota::Gates gates;
  OwnEvents own_events;
  store::TenantDatabases databases;
  tenant::DirectoryPublisher directory;
  Scheduling scheduling;
};

/// Two tenants with a log and a schedule each, on a machine that can lose power.
class ScheduleWorld : public eventlog::LogFixture {
 protected:
  explicit ScheduleWorld(std::uint64_t seed = 1, ScheduleLimits limits = {},
                         eventlog::LogOptions options = {})
      : LogFixture(seed, options), limits_(limits) {
    Begin();
  }
  ~ScheduleWorld() { StopCleanly(); }

  void Begin() {
    life_ = std::make_unique<Life>(*runtime_, *log_, limits_);
    Publish(TenantState::kActive);
  }
  void StopCleanly() {
    if (!life_) return;
    runtime_->Run(life_->scheduling.Stop(), &runtime_->platform());
    life_.reset();
  }

  void Publish(TenantState blue) {
    DirectoryContents contents;
    for (const char* name : {"blue", "green"}) {
      TenantRecord record = Tenant(name).record();
      if (record.id.text() == "blue") record.state = blue;
      contents.tenants.push_back(std::make_shared<const TenantRecord>(std::move(record)));
    }
    runtime_->Run(life_->directory.Publish(std::move(contents)), &runtime_->platform());
  }
  TenantHandle In(const std::string& name, TenantState state) {
    TenantRecord record = Tenant(name).record();
    record.state = state;
    return testing_support::TenantHandleOf(std::move(record));
  }
  void LetGo(TenantState state) {
    runtime_->Run(life_->scheduling.LetGo(In("blue", state)), &runtime_->platform());
  }

  /// The agent ends or the power goes, and it is back `away` later.
  void Return(Clock::Duration away) {
    const Clock::WallTime back = runtime_->clock().WallNow() + away;
    StopCleanly();
    runtime_->Run(log_->Close(), &runtime_->platform());
    log_.reset();
    runtime_.reset();
    Resume(back);
  }
  void LosePower(std::uint64_t seed, Clock::Duration away) {
    const Clock::WallTime back = runtime_->clock().WallNow() + away;
    runtime_->Crash();
    testing_support::sim::Abandon(std::move(life_));
    testing_support::sim::Abandon(std::move(log_));
    runtime_.reset();
    disk_.PowerCut(seed);
    Resume(back);
  }
  void Resume(Clock::WallTime back) {
    LogFixture::Start();
    runtime_->sim_clock().StepWall(back - runtime_->clock().WallNow());
    Begin();
    std::vector<TenantHandle> both = {Tenant("blue"), Tenant("green")};
    runtime_->platform().Post([this, both] { life_->scheduling.Resume(both); });
  }

  std::string In(Clock::Duration wait) { return FormatRfc3339(runtime_->clock().WallNow() + wait); }
  ::notify::HeldEvents Parse(const std::vector<std::string>& bodies, const std::string& key = {}) {
    std::string body = "[";
    for (const std::string& one : bodies) body += (body.size() > 1 ? "," : "") + one;
    body += "]";
    EventParser parser(runtime_->clock(), random_, {});
    EventParser::Request request{.tenant = "blue", .idempotency_key = key};
    auto parsed = parser.ParseArray(body, request);
    EXPECT_TRUE(parsed.has_value() && parsed->rejected.empty());
    return std::move(parsed->held);
  }
  async::Task<Acknowledgement> HoldTask(::notify::HeldEvents events, TenantHandle tenant) {
    quota::QuotaGate gate(runtime_->clock(), tenant.id(), std::nullopt);
    auto admission = gate.TryAdmit(static_cast<std::uint32_t>(events.batch.size()));
    Acknowledgement ack;
    co_await life_->scheduling.Hold(tenant, std::move(*admission), std::move(events), ack);
    co_return ack;
  }
  static std::string Body(const std::string& id, const std::string& at) {
    return R"({"id":")" + id + R"(","source":"/s","type":"a.b","scheduledat":")" + at + "\"}";
  }
  Acknowledgement Schedule(const std::string& id, Clock::Duration wait,
                           const std::string& tenant = "blue") {
    std::vector<std::string> one = {Body(id, In(wait))};
    return runtime_->Run(HoldTask(Parse(one), Tenant(tenant)));
  }
  State StateOf(const std::string& id) {
    return runtime_->Run(life_->scheduling.Find(Tenant("blue"), id, "")).value().value().state;
  }
  Result<schedule::ScheduledEvent> Cancel(const std::string& id) {
    return runtime_->Run(life_->scheduling.Cancel(Tenant("blue"), id, ""));
  }

  const ScheduleLimits limits_;
  std::unique_ptr<Life> life_;
};

class SchedulingTest : public testing::Test, public ScheduleWorld {};

TEST_F(SchedulingTest, HoldsAnEventUntilItsTimeAndGivesItItsPlaceThen) {
  const auto ack = Schedule("later", 10s);
  ASSERT_EQ(ack.scheduled.size(), 1U);
  EXPECT_EQ(ack.scheduled[0].state, State::kPending);
  EXPECT_FALSE(ack.scheduled[0].duplicate);
  ASSERT_TRUE(Append({{"first"}}));
  runtime_->RunFor(9s);
  EXPECT_THAT(Ids(), ElementsAre("first"));
  runtime_->RunFor(2s);
  ASSERT_TRUE(Append({{"last"}}));
  EXPECT_THAT(Ids(), ElementsAre("first", "later", "last"));
  EXPECT_EQ(StateOf("later"), State::kCompleted);
}

TEST_F(SchedulingTest, WhatIsDueAtOneMomentKeepsTheOrderOfAcceptance) {
  const std::string at = In(5s);
  std::vector<std::string> bodies = {Body("b", at), Body("a", at), Body("c", at)};
  runtime_->Run(HoldTask(Parse(bodies), Tenant("blue")));
  runtime_->RunFor(6s);
  EXPECT_THAT(Ids(), ElementsAre("b", "a", "c"));
}

TEST_F(SchedulingTest, AnEarlierOneThatComesLaterIsNotLate) {
  Schedule("far", 1h);
  Schedule("near", 2s);
  runtime_->RunFor(3s);
  EXPECT_THAT(Ids(), ElementsAre("near"));
}

TEST_F(SchedulingTest, TheSameIdIsADuplicateWhileItWaitsAndAfterwards) {
  Schedule("one", 5s);
  auto again = Schedule("one", 50s).scheduled.at(0);
  EXPECT_TRUE(again.duplicate);
  EXPECT_EQ(again.state, State::kPending);
  runtime_->RunFor(6s);
  again = Schedule("one", 50s).scheduled.at(0);
  EXPECT_TRUE(again.duplicate);
  EXPECT_EQ(again.state, State::kCompleted);
  runtime_->RunFor(60s);
  EXPECT_THAT(Ids(), ElementsAre("one"));
}

TEST_F(SchedulingTest, TheSameIdTwiceInOneBatchIsHeldOnce) {
  std::vector<std::string> bodies = {Body("one", In(5s)), Body("one", In(6s))};
  const auto ack = runtime_->Run(HoldTask(Parse(bodies), Tenant("blue")));
  EXPECT_FALSE(ack.scheduled.at(0).duplicate);
  EXPECT_TRUE(ack.scheduled.at(1).duplicate);
}

TEST_F(SchedulingTest, AnIdThatTheLogHasIsADuplicateOfIt) {
  ASSERT_TRUE(Append({{"one"}}));
  const auto ack = Schedule("one", 5s);
  ASSERT_EQ(ack.duplicates.size(), 1U);
  EXPECT_EQ(ack.duplicates[0].sequence.value, 1U);
  EXPECT_TRUE(ack.scheduled.empty());
}

TEST_F(SchedulingTest, AnIdThatIsPublishedMeanwhileIsInTheLogOnce) {
  Schedule("one", 5s);
  ASSERT_TRUE(Append({{"one"}}));
  runtime_->RunFor(6s);
  EXPECT_THAT(Ids(), ElementsAre("one"));
  EXPECT_EQ(StateOf("one"), State::kCompleted);
}

TEST_F(SchedulingTest, AnIdempotencyKeyIsTheDuplicateKey) {
  std::vector<std::string> one = {R"({"type":"a.b","scheduledat":")" + In(5s) + "\"}"};
  const auto first = runtime_->Run(HoldTask(Parse(one, "k"), Tenant("blue"))).scheduled.at(0);
  const auto again = runtime_->Run(HoldTask(Parse(one, "k"), Tenant("blue"))).scheduled.at(0);
  EXPECT_TRUE(again.duplicate);
  EXPECT_EQ(again.id, first.id);
}

TEST_F(SchedulingTest, WhatIsCancelledIsNeverSentAndCanStillBeAskedFor) {
  Schedule("one", 5s);
  EXPECT_EQ(Cancel("one").value().state, State::kCancelled);
  EXPECT_TRUE(Cancel("one").has_value());
  runtime_->RunFor(1h);
  EXPECT_TRUE(Ids().empty());
  EXPECT_EQ(StateOf("one"), State::kCancelled);
  EXPECT_EQ(Schedule("one", 5s).scheduled.at(0).state, State::kCancelled);
}

TEST_F(SchedulingTest, WhatWasSentCannotBeCancelled) {
  Schedule("one", 5s);
  runtime_->RunFor(6s);
  EXPECT_EQ(Cancel("one").error().code, Errc::kConflict);
  EXPECT_EQ(Cancel("none").error().code, Errc::kNotFound);
}

TEST_F(SchedulingTest, WhatIsOverBeforeItCanBeSentIsNotSent) {
  std::vector<std::string> one = {R"({"id":"one","type":"a.b","scheduledat":")" + In(5s) +
                                  R"(","expiresat":")" + In(10s) + "\"}"};
  runtime_->Run(HoldTask(Parse(one), Tenant("blue")));
  Return(1min);
  runtime_->RunFor(5s);
  EXPECT_TRUE(Ids().empty());
  EXPECT_EQ(StateOf("one"), State::kFailed);
}

TEST_F(SchedulingTest, WhatCameDueWhileTheAgentWasAwayIsSentAtOnce) {
  Schedule("one", 1h);
  Return(2h);
  runtime_->RunFor(1s);
  EXPECT_THAT(Ids(), ElementsAre("one"));
}

TEST_F(SchedulingTest, WhatIsNotDueWaitsOnAfterARestart) {
  Schedule("one", 1h);
  Return(10min);
  runtime_->RunFor(49min);
  EXPECT_TRUE(Ids().empty());
  runtime_->RunFor(2min);
  EXPECT_THAT(Ids(), ElementsAre("one"));
}

TEST_F(SchedulingTest, AStepOfTheWallClockForwardsIsNoticed) {
  Schedule("one", 1h);
  runtime_->sim_clock().StepWall(1h);
  runtime_->RunFor(Scheduling::kLookAgain + 1s);
  EXPECT_THAT(Ids(), ElementsAre("one"));
}

TEST_F(SchedulingTest, AfterAStepBackAnEventWaitsForItsTimeAgain) {
  Schedule("one", 1min);
  Schedule("two", 2s);
  runtime_->RunFor(3s);
  runtime_->sim_clock().StepWall(-1h);
  runtime_->RunFor(2min);
  EXPECT_THAT(Ids(), ElementsAre("two"));
  runtime_->RunFor(1h);
  EXPECT_THAT(Ids(), ElementsAre("two", "one"));
}

TEST_F(SchedulingTest, ASuspendedTenantHoldsItsOwnUntilItIsBack) {
  Schedule("one", 5s);
  Publish(TenantState::kSuspended);
  LetGo(TenantState::kSuspended);
  runtime_->RunFor(1min);
  EXPECT_TRUE(Ids().empty());
  Publish(TenantState::kActive);
  runtime_->RunFor(1s);
  EXPECT_THAT(Ids(), ElementsAre("one"));
}

TEST_F(SchedulingTest, ATenantThatWasSuspendedAtTheStartIsFoundWhenItIsBack) {
  Schedule("one", 5s);
  Publish(TenantState::kSuspended);
  LetGo(TenantState::kSuspended);
  const Clock::WallTime back = runtime_->clock().WallNow() + 1h;
  StopCleanly();
  runtime_->Run(log_->Close(), &runtime_->platform());
  log_.reset();
  runtime_.reset();
  LogFixture::Start();
  runtime_->sim_clock().StepWall(back - runtime_->clock().WallNow());
  life_ = std::make_unique<Life>(*runtime_, *log_, limits_);
  Publish(TenantState::kSuspended);
  runtime_->RunFor(10s);
  EXPECT_TRUE(Ids().empty());
  Publish(TenantState::kActive);
  runtime_->RunFor(1s);
  EXPECT_THAT(Ids(), ElementsAre("one"));
}

TEST_F(SchedulingTest, ADeletedTenantLosesItsOwn) {
  Schedule("one", 5s);
  LetGo(TenantState::kDeleting);
  EXPECT_EQ(life_->scheduling.waiting_tenants(), 0U);
  runtime_->RunFor(1min);
  EXPECT_TRUE(Ids().empty());
}

TEST_F(SchedulingTest, OneTenantsScheduleIsNotAnothers) {
  Schedule("one", 5s);
  Schedule("one", 5s, "green");
  EXPECT_TRUE(Cancel("one").has_value());
  runtime_->RunFor(6s);
  EXPECT_TRUE(Ids("blue").empty());
  EXPECT_THAT(Ids("green"), ElementsAre("one"));
}

TEST_F(SchedulingTest, ManyAtOnceLetLivePublishingAndOtherTenantsThrough) {
  constexpr int kMany = 3000;
  const std::string at = In(1min);
  for (int begin = 0; begin < kMany; begin += 500) {
    std::vector<std::string> bodies;
    for (int i = begin; i < begin + 500; ++i) bodies.push_back(Body(std::to_string(i), at));
    runtime_->Run(HoldTask(Parse(bodies), Tenant("blue")));
  }
  Schedule("neighbour", 30s, "green");
  Return(2min);
  ASSERT_TRUE(Append({{"live"}}));
  const auto ids = Ids();
  EXPECT_LT(std::ranges::find(ids, "live") - ids.begin(), kMany / 2);
  ASSERT_TRUE(runtime_->RunUntil([&] { return Ids("green").size() == 1; }));
  EXPECT_LT(Ids().size(), static_cast<std::size_t>(kMany));
  runtime_->RunFor(1min);
  const auto all = Ids();
  EXPECT_EQ(all.size(), kMany + 1U);
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), all.size());
}

class LimitedSchedule : public testing::Test, public ScheduleWorld {
 protected:
  LimitedSchedule() : ScheduleWorld(1, {.max_events = 2, .max_ahead = 24h}) {}
};

TEST_F(LimitedSchedule, RefusesWhatIsTooFarAway) {
  const auto ack = Schedule("one", 25h);
  ASSERT_EQ(ack.refused.size(), 1U);
  EXPECT_EQ(ack.refused[0].error.code, Errc::kScheduledTooFar);
}

TEST_F(LimitedSchedule, RefusesMoreThanATenantMayHaveUntilSomeAreGone) {
  std::vector<std::string> bodies;
  for (const char* id : {"a", "b", "c"}) bodies.push_back(Body(id, In(10s)));
  const auto ack = runtime_->Run(HoldTask(Parse(bodies), Tenant("blue")));
  EXPECT_EQ(ack.scheduled.size(), 2U);
  ASSERT_EQ(ack.refused.size(), 1U);
  EXPECT_EQ(ack.refused[0].index, 2U);
  EXPECT_EQ(ack.refused[0].error.code, Errc::kScheduleFull);
  EXPECT_GT(ack.refused[0].error.retry_after, 0s);
  EXPECT_EQ(Schedule("other", 10s, "green").scheduled.size(), 1U);
  ASSERT_TRUE(Cancel("a"));
  EXPECT_EQ(Schedule("d", 10s).scheduled.size(), 1U);
  runtime_->RunFor(11s);
  EXPECT_EQ(Schedule("e", 10s).scheduled.size(), 1U);
}

/// Power cuts at moments of the seed's choice, while events are scheduled and sent.
class SchedulePower : public testing::TestWithParam<std::uint64_t>, public ScheduleWorld {
 protected:
  SchedulePower() : ScheduleWorld(GetParam()) {}

  async::Task<void> HoldAll(int count) {
    for (int i = 0; i < count; ++i) {
      std::vector<std::string> one = {Body(std::to_string(i), at_[static_cast<std::size_t>(i)])};
      auto ack = co_await HoldTask(Parse(one), Tenant("blue"));
      const bool known = !ack.scheduled.empty() || !ack.duplicates.empty();
      if (known) acknowledged_.insert(std::to_string(i));
    }
    done_ = true;
  }

  std::vector<std::string> at_;
  std::set<std::string> acknowledged_;
  bool done_ = false;
};

TEST_P(SchedulePower, LosesAndDoublesNone) {
  constexpr int kEvents = 30;
  for (int i = 0; i < kEvents; ++i) at_.push_back(In(1s + 37ms * i));
  for (std::uint64_t cut = 0; cut < 3; ++cut) {
    disk_.PowerOffAt(20 + GetParam() * 7 % 90 + cut * 31);
    auto publisher = std::make_unique<async::TaskGroup>(runtime_->io(0).executor());
    publisher->Spawn(HoldAll(kEvents));
    runtime_->RunUntil([&] { return disk_.power_off(); }, 2s);
    // Late enough that the log no longer recognises a repeated id by itself.
    const bool long_away = GetParam() % 3 == 0;
    testing_support::sim::Abandon(std::move(publisher));
    LosePower(GetParam() + cut, long_away ? 48h : 1s);
  }
  disk_.PowerOffAt(1'000'000'000);
  runtime_->RunFor(1min);
  const auto ids = Ids();
  const std::set<std::string> unique(ids.begin(), ids.end());
  EXPECT_EQ(unique.size(), ids.size()) << "sent twice";
  for (const std::string& id : acknowledged_) EXPECT_TRUE(unique.contains(id)) << id << " is lost";
}

INSTANTIATE_TEST_SUITE_P(Seeds, SchedulePower, testing::Range<std::uint64_t>(1, 41));

}  // namespace
}  // namespace notify::agent::pipeline
