#include "agent/consumer/consumers.hpp"

#include "tests/unit/agent/consumer/consumer_world.hpp"

namespace notify::agent::consumer {
namespace {

using namespace std::chrono_literals;

class ConsumersTest : public ConsumerWorld {};

TEST_F(ConsumersTest, HandsOutEventsInTheirOrderOnce) {
  Create(blue_, "c");
  Publish(blue_, "a.b", 5);
  EXPECT_EQ(Fetch("c", 3), "1 2 3");
  EXPECT_EQ(Fetch("c"), "4 5");
  EXPECT_EQ(Fetch("c"), "");
}

TEST_F(ConsumersTest, GivesOnlyWhatItAsksFor) {
  Create(blue_, "c", R"(, "types": ["fx.*"])");
  Publish(blue_, "a.b", 2);
  Publish(blue_, "fx.quote.created");
  Publish(blue_, "a.b");
  const auto fetched = TryFetch("c");
  EXPECT_EQ(Text(*fetched), "3");
  EXPECT_EQ(fetched->position, At(4));
  EXPECT_EQ(Ack("c", 4), 4U);
}

TEST_F(ConsumersTest, BeginsAtTheEndOfTheLogUnlessItIsTold) {
  Publish(blue_, "a.b", 3);
  ASSERT_TRUE(TryCreate(blue_, R"({"name": "new"})"));
  ASSERT_TRUE(TryCreate(blue_, R"({"name": "behind", "after": 1})"));
  Publish(blue_);
  EXPECT_EQ(Fetch("new"), "4");
  EXPECT_EQ(Fetch("behind"), "2 3 4");
}

TEST_F(ConsumersTest, OneNameIsOneConsumer) {
  Create(blue_, "c");
  EXPECT_EQ(TryCreate(blue_, R"({"name": "c"})").error().code, Errc::kConflict);
  EXPECT_EQ(Fetch("d"), "There is no consumer 'd'.");
}

TEST_F(ConsumersTest, HasAtMostSoManyInFlight) {
  Create(blue_, "c", R"(, "maxInFlight": 2)");
  Publish(blue_, "a.b", 5);
  EXPECT_EQ(Fetch("c"), "1 2");
  EXPECT_EQ(Fetch("c"), "");
  Ack("c", 1);
  EXPECT_EQ(Fetch("c"), "3");
}

TEST_F(ConsumersTest, SendsAgainFromTheFirstUnacknowledgedInOrder) {
  Create(blue_, "c");
  Publish(blue_, "a.b", 4);
  EXPECT_EQ(Fetch("c"), "1 2 3 4");
  Ack("c", 2);
  runtime_->RunFor(29s);
  EXPECT_EQ(Fetch("c"), "");
  runtime_->RunFor(2s);
  EXPECT_EQ(Fetch("c", 100, 5s), "3*");
  EXPECT_EQ(Fetch("c"), "4*");
}

TEST_F(ConsumersTest, WaitsForItsBackoffAfterARefusal) {
  Create(blue_, "c");
  Publish(blue_, "a.b", 2);
  EXPECT_EQ(Fetch("c"), "1 2");
  const Refusal refusal = Nack("c", 1);
  EXPECT_TRUE(refusal.redelivered);
  EXPECT_EQ(Fetch("c"), "");
  const auto before = runtime_->clock().Now();
  EXPECT_EQ(Fetch("c", 100, 10s), "1*");
  EXPECT_EQ(runtime_->clock().Now() - before, 1s);
}

TEST_F(ConsumersTest, ARefusalOfWhatIsNotInFlightChangesNothing) {
  Create(blue_, "c");
  Publish(blue_, "a.b", 3);
  EXPECT_EQ(Fetch("c"), "1 2 3");
  Ack("c", 1);
  EXPECT_FALSE(Nack("c", 1).redelivered);
  EXPECT_FALSE(Nack("c", 99).redelivered);
  Ack("c", 3);
  EXPECT_EQ(Fetch("c"), "");
}

TEST_F(ConsumersTest, AfterItsAttemptsThatOneEventIsADeadLetterAndTheOthersGoOn) {
  Create(blue_, "c", R"(, "maxAttempts": 3)");
  Publish(blue_, "a.b", 4);
  GiveUp("c", 2, 3);
  EXPECT_EQ(Dead(), "c/2/3");
  runtime_->RunFor(1min);
  EXPECT_EQ(Fetch("c"), "1*");
  EXPECT_EQ(Fetch("c"), "3*");
  EXPECT_EQ(Ack("c", 1), 2U);
}

TEST_F(ConsumersTest, TimeoutsAreAttemptsToo) {
  Create(blue_, "c", R"(, "maxAttempts": 2, "ackTimeout": "1s")");
  Publish(blue_, "a.b", 2);
  EXPECT_EQ(Fetch("c"), "1 2");
  runtime_->RunFor(3s);
  EXPECT_EQ(Fetch("c"), "1*");
  runtime_->RunFor(3s);
  EXPECT_EQ(Dead(), "c/1/2");
  EXPECT_EQ(Fetch("c"), "2*");
}

// A reader that always fails at 3 loses 3 and nothing that merely was out with it.
TEST_F(ConsumersTest, WhatIsOutWithAPoisonedEventIsNotGivenUp) {
  Create(blue_, "c", R"(, "maxAttempts": 3, "ackTimeout": "1s")");
  Publish(blue_, "a.b", 5);
  std::string done;
  for (int i = 0; i < 200 && Shown("c", "lag") != "0"; ++i) {
    const auto fetched = TryFetch("c", 100, 2s);
    ASSERT_TRUE(fetched);
    bool failed = false;
    for (const FetchedEvent& item : fetched->items) failed |= item.position.sequence.value == 3;
    if (failed || fetched->items.empty()) {
      // The reader is gone, with all that it had.
      runtime_->RunFor(5s);
      continue;
    }
    for (const FetchedEvent& item : fetched->items) {
      done += std::to_string(item.position.sequence.value) + " ";
    }
    Ack("c", fetched->position.sequence.value);
  }
  EXPECT_EQ(done, "1 2 4 5 ");
  EXPECT_EQ(Dead(), "c/3/3");
}

TEST_F(ConsumersTest, AWaitIsWokenByTheNextEvent) {
  Create(blue_, "c");
  const std::size_t reads = log_.reads;
  runtime_->platform().Post(
      [this] { runtime_->platform_timers().After(7s, [this] { Publish(blue_); }); });
  const auto before = runtime_->clock().Now();
  EXPECT_EQ(Fetch("c", 100, 30s), "1");
  EXPECT_LT(runtime_->clock().Now() - before, 8s);
  EXPECT_LE(log_.reads - reads, 2U);
}

TEST_F(ConsumersTest, AWaitEndsWithNothing) {
  Create(blue_, "c");
  const auto before = runtime_->clock().Now();
  EXPECT_EQ(Fetch("c", 100, 20s), "");
  EXPECT_GE(runtime_->clock().Now() - before, 20s);
}

TEST_F(ConsumersTest, ManyCallersAtOnceGetEachEventOnce) {
  Create(blue_, "c");
  std::string got;
  int ended = 0;
  async::TaskGroup callers(runtime_->io(0).executor());
  const auto call = [](Consumers& consumers, TenantHandle tenant, std::string& got,
                       int& ended) -> async::Task<void> {
    FetchRequest request;
    request.max = 2;
    request.wait = 20s;
    auto fetched = co_await consumers.Fetch(tenant, "c", request);
    if (fetched && !fetched->items.empty()) got += Text(*fetched) + " ";
    ++ended;
  };
  runtime_->io(0).executor().Post([&] {
    for (int i = 0; i < 5; ++i) callers.Spawn(call(side_->consumers, blue_, got, ended));
  });
  runtime_->RunFor(1s);
  Publish(blue_, "a.b", 6);
  EXPECT_TRUE(runtime_->RunUntil([&] { return ended == 5; }));
  for (std::uint64_t i = 1; i <= 6; ++i) {
    EXPECT_NE(got.find(std::to_string(i)), std::string::npos) << got;
  }
  EXPECT_EQ(got.size(), 12U) << got;
  EXPECT_EQ(got.find('*'), std::string::npos);
}

TEST_F(ConsumersTest, WhatDidNotReachItsCallerGoesOutAgainAtOnce) {
  Create(blue_, "c");
  Publish(blue_, "a.b", 3);
  EXPECT_EQ(Fetch("c", 1), "1");
  const auto lost = TryFetch("c");
  ASSERT_EQ(Text(*lost), "2 3");
  runtime_->Run(side_->consumers.TakeBack(blue_, "c", *lost, Reached::kPerhaps));
  EXPECT_EQ(Fetch("c"), "2* 3*");
  EXPECT_EQ(Shown("c", "inFlight"), "3");
}

TEST_F(ConsumersTest, WhatCannotHaveReachedItsCallerIsNotMarked) {
  Create(blue_, "c");
  Publish(blue_, "a.b", 3);
  EXPECT_EQ(Fetch("c", 1), "1");
  const auto lost = TryFetch("c");
  ASSERT_EQ(Text(*lost), "2 3");
  runtime_->Run(side_->consumers.TakeBack(blue_, "c", *lost, Reached::kNothing));
  EXPECT_EQ(Fetch("c"), "2 3");
}

TEST_F(ConsumersTest, WhatOthersHadBehindItStaysMarked) {
  Create(blue_, "c");
  Publish(blue_, "a.b", 2);
  const auto lost = TryFetch("c", 1);
  EXPECT_EQ(Fetch("c"), "2");
  runtime_->Run(side_->consumers.TakeBack(blue_, "c", *lost, Reached::kNothing));
  EXPECT_EQ(Fetch("c"), "1* 2*");
}

// The position is one for all: whoever acknowledges speaks for the others.
TEST_F(ConsumersTest, AnAcknowledgementCountsForWhatOtherCallersHave) {
  Create(blue_, "c");
  Publish(blue_, "a.b", 4);
  EXPECT_EQ(Fetch("c", 2), "1 2");
  EXPECT_EQ(Fetch("c", 2), "3 4");
  EXPECT_EQ(Ack("c", 4), 4U);
  runtime_->RunFor(2min);
  EXPECT_EQ(Fetch("c"), "");
}

TEST_F(ConsumersTest, APositionAheadOfTheLogIsRefused) {
  Create(blue_, "c");
  Publish(blue_, "a.b", 4);
  EXPECT_EQ(TryAck("c", 5).error().code, Errc::kInvalidArgument);
  EXPECT_EQ(Ack("c", 4), 4U);
  const auto other =
      runtime_->Run(side_->consumers.Acknowledge(blue_, "c", {Epoch{5}, Sequence{1}}));
  EXPECT_EQ(other.error().code, Errc::kGap);
}

TEST_F(ConsumersTest, ARestartLosesNoPositionAndKnowsWhatWasOut) {
  Create(blue_, "c");
  Publish(blue_, "a.b", 5);
  EXPECT_EQ(Fetch("c", 4), "1 2 3 4");
  Ack("c", 2);
  CrashAndRestart();
  EXPECT_EQ(Fetch("c"), "3* 4* 5");
  EXPECT_EQ(Shown("c", "position"), R"({"epoch":1000,"sequence":2})");
}

TEST_F(ConsumersTest, AttemptsAndDeadLettersOutliveARestart) {
  Create(blue_, "c", R"(, "maxAttempts": 3)");
  Publish(blue_, "a.b", 3);
  EXPECT_EQ(Fetch("c"), "1 2 3");
  Nack("c", 2);
  CrashAndRestart();
  runtime_->RunFor(2s);
  EXPECT_EQ(Fetch("c"), "1*");
  EXPECT_EQ(Fetch("c"), "2*");
  Nack("c", 2);
  CrashAndRestart();
  EXPECT_EQ(Fetch("c"), "1*");
  EXPECT_EQ(Fetch("c"), "2*");
  EXPECT_TRUE(Nack("c", 2).dead_lettered);
  CrashAndRestart();
  EXPECT_EQ(Dead(), "c/2/3");
  EXPECT_EQ(Fetch("c"), "1* 3*");
}

TEST_F(ConsumersTest, TellsAGapOnceAndGoesOnBehindIt) {
  Create(blue_, "c");
  Publish(blue_, "a.b", 10);
  log_.Expire(blue_, 6);
  const auto fetched = TryFetch("c", 2);
  ASSERT_TRUE(fetched && fetched->gap);
  EXPECT_EQ(fetched->gap->reason, Gap::Reason::kRetention);
  EXPECT_EQ(fetched->gap->resumed_after, At(6));
  EXPECT_EQ(Text(*fetched), "7 8");
  EXPECT_TRUE(TryFetch("c", 1)->gap);
  CrashAndRestart();
  EXPECT_TRUE(TryFetch("c", 1)->gap);
  Ack("c", 7);
  EXPECT_FALSE(TryFetch("c", 1)->gap);
}

TEST_F(ConsumersTest, AConsumerThatNobodyUsesGoes) {
  Create(blue_, "c", R"(, "expireAfter": "1h")");
  Create(blue_, "d");
  runtime_->RunFor(50min);
  EXPECT_EQ(Fetch("c"), "");
  runtime_->RunFor(50min);
  EXPECT_EQ(Fetch("c"), "");
  runtime_->RunFor(61min);
  EXPECT_EQ(Fetch("c"), "There is no consumer 'c'.");
  Restart();
  EXPECT_EQ(Fetch("c"), "There is no consumer 'c'.");
  EXPECT_EQ(Fetch("d"), "");
}

TEST_F(ConsumersTest, AChangedConsumerKeepsItsPositionUnlessItIsMoved) {
  Create(blue_, "c");
  Publish(blue_, "a.b", 3);
  Publish(blue_, "x.y");
  EXPECT_EQ(Fetch("c", 2), "1 2");
  Ack("c", 1);
  auto narrower = ParseConsumer(R"({"types": ["x.*"]})", "c");
  ASSERT_TRUE(runtime_->Run(side_->consumers.Put(blue_, *narrower)));
  EXPECT_EQ(Fetch("c"), "4");
  auto back = ParseConsumer(R"({"after": 0})", "c");
  ASSERT_TRUE(runtime_->Run(side_->consumers.Put(blue_, *back)));
  EXPECT_EQ(Fetch("c"), "1* 2* 3* 4*");
}

TEST_F(ConsumersTest, ADeletedConsumerEndsItsWaits) {
  Create(blue_, "c");
  runtime_->platform().Post([this] {
    runtime_->platform_timers().After(
        3s, [this] { runtime_->platform().Post([this] { side_->consumers.EndWaits(); }); });
  });
  const auto before = runtime_->clock().Now();
  EXPECT_EQ(Fetch("c", 100, 30s), "");
  EXPECT_LT(runtime_->clock().Now() - before, 4s);
  ASSERT_TRUE(runtime_->Run(side_->consumers.Delete(blue_, "c")));
  EXPECT_EQ(Fetch("c"), "There is no consumer 'c'.");
}

TEST_F(ConsumersTest, HoldsWhatIsNotAcknowledgedDurably) {
  Create(blue_, "c", R"(, "holdFor": "1h")");
  Publish(blue_, "a.b", 5);
  EXPECT_EQ(Fetch("c"), "1 2 3 4 5");
  Ack("c", 3);
  const auto held = runtime_->Run(side_->consumers.HeldBy(blue_));
  ASSERT_TRUE(held);
  ASSERT_EQ(held->size(), 1U);
  EXPECT_EQ(held->front().holder, "consumer c");
  EXPECT_EQ(held->front().after, At(3));
  const auto now = std::chrono::floor<std::chrono::milliseconds>(runtime_->clock().WallNow());
  EXPECT_EQ(held->front().since_ms, now.time_since_epoch().count() - 3'600'000);
  EXPECT_TRUE(runtime_->Run(side_->consumers.HeldBy(green_))->empty());
}

TEST_F(ConsumersTest, SaysHowFarBehindItIs) {
  Create(blue_, "c");
  Publish(blue_, "a.b", 5);
  EXPECT_EQ(Fetch("c", 2), "1 2");
  EXPECT_EQ(Shown("c", "lag"), "5");
  EXPECT_EQ(Shown("c", "inFlight"), "2");
  Ack("c", 2);
  EXPECT_EQ(Shown("c", "lag"), "3");
  EXPECT_EQ(Shown("c", "inFlight"), "0");
}

TEST_F(ConsumersTest, ATenantThatIsDeletedIsLetGo) {
  Create(blue_, "c");
  auto record = blue_.record();
  record.state = TenantState::kDeleting;
  runtime_->Run(side_->consumers.LetGo(testing_support::TenantHandleOf(record)),
                &runtime_->platform());
  EXPECT_EQ(side_->databases.open(), 0U);
}

// The power goes after each of many different amounts of work: nothing acknowledged comes back, and
// nothing that was not is lost.
TEST_F(ConsumersTest, ACrashAnywhereLosesNoPosition) {
  Create(blue_, "c");
  std::uint64_t acknowledged = 0;
  for (std::uint64_t change = 1; change < 30; ++change) {
    std::uint64_t tried = acknowledged;
    Publish(blue_, "a.b", 2);
    disk_.PowerOffAt(change);
    const auto fetched = TryFetch("c", 3);
    if (fetched && !fetched->items.empty()) {
      tried = fetched->items.front().position.sequence.value;
      const auto acked = TryAck("c", tried);
      if (acked) acknowledged = acked->sequence.value;
    }
    CrashAndRestart();
    const auto again = TryFetch("c", 1);
    ASSERT_TRUE(again && !again->items.empty()) << change;
    const std::uint64_t first = again->items.front().position.sequence.value;
    EXPECT_GE(first, acknowledged + 1) << change;
    EXPECT_LE(first, tried + 1) << change;
    acknowledged = first - 1;
  }
}

}  // namespace
}  // namespace notify::agent::consumer
