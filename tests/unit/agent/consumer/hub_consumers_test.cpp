#include "agent/consumer/hub_consumers.hpp"

#include "tests/unit/agent/consumer/consumer_world.hpp"

namespace notify::agent::consumer {
namespace {

using namespace std::chrono_literals;

class HubConsumersTest : public ConsumerWorld {
 protected:
  static DurableWish Wish(const std::string& owner = "alice", const std::string& name = "jobs") {
    DurableWish wish;
    wish.owner = owner;
    wish.name = name;
    wish.types = {"*"};
    wish.from = Position{};
    return wish;
  }
  HubConsumers Source() { return {side_->consumers, {}}; }
  Result<DurableBegun> TryBegin(DurableWish wish) {
    HubConsumers source = Source();
    return runtime_->Run(source.Begin(blue_, std::move(wish)));
  }
  DurableBegun Begin(DurableWish wish = Wish()) { return TryBegin(std::move(wish)).value(); }
  Result<Fetched> TryNext(const DurableClaim& claim, std::size_t bytes = 1 << 20) {
    HubConsumers source = Source();
    DurableRequest request;
    request.claim = claim;
    request.max_bytes = bytes;
    return runtime_->Run(source.Next(blue_, std::move(request)));
  }
  std::string Next(const DurableClaim& claim) {
    const auto fetched = TryNext(claim);
    return fetched ? Text(*fetched) : std::string(Describe(fetched.error().code).name);
  }
  Status Acknowledge(const DurableClaim& claim, std::uint64_t sequence) {
    HubConsumers source = Source();
    return runtime_->Run(source.Acknowledge(blue_, claim, At(sequence)));
  }
  void End(const DurableClaim& claim) {
    HubConsumers source = Source();
    runtime_->Run(source.End(blue_, claim));
  }
  Errc RefusalOf(DurableWish wish) {
    const auto begun = TryBegin(std::move(wish));
    return begun ? Errc::kInternal : begun.error().code;
  }
};

TEST_F(HubConsumersTest, IsAConsumerNamedByUserAndName) {
  EXPECT_EQ(Begin().claim.consumer, "hub/alice/jobs");
  EXPECT_EQ(Shown("hub/alice/jobs", "maxAttempts"), "8");
}

TEST_F(HubConsumersTest, BeginsAtTheEndOfTheLogUnlessItIsTold) {
  Publish(blue_, "a.b", 3);
  EXPECT_EQ(Begin().after, At(0));
  DurableWish later = Wish("alice", "later");
  later.from.reset();
  EXPECT_EQ(Begin(later).after, At(3));
}

TEST_F(HubConsumersTest, GoesOnBehindTheLastAcknowledgedWhateverItIsTold) {
  Publish(blue_, "a.b", 4);
  const DurableBegun first = Begin();
  EXPECT_EQ(Next(first.claim), "1 2 3 4");
  ASSERT_TRUE(Acknowledge(first.claim, 2));
  DurableWish again = Wish();
  again.from = At(4);
  const DurableBegun second = Begin(again);
  EXPECT_EQ(second.after, At(2));
  EXPECT_EQ(Next(second.claim), "3* 4*");
}

TEST_F(HubConsumersTest, ANewFilterKeepsThePosition) {
  Publish(blue_, "a.b", 2);
  const DurableBegun first = Begin();
  EXPECT_EQ(Next(first.claim), "1 2");
  ASSERT_TRUE(Acknowledge(first.claim, 1));
  Publish(blue_, "fx.quote.created");
  DurableWish other = Wish();
  other.types = {"fx.*"};
  EXPECT_EQ(Next(Begin(other).claim), "3");
}

TEST_F(HubConsumersTest, TheNewestClaimTakesItOver) {
  Publish(blue_, "a.b", 2);
  const DurableBegun older = Begin();
  EXPECT_EQ(Next(older.claim), "1 2");
  const DurableBegun newer = Begin();
  EXPECT_EQ(Next(older.claim), "conflict");
  EXPECT_EQ(Acknowledge(older.claim, 2).error().code, Errc::kConflict);
  // The end of the older one is not that of the newer.
  End(older.claim);
  EXPECT_EQ(Next(newer.claim), "1* 2*");
}

TEST_F(HubConsumersTest, ATakeoverEndsTheCallThatWaits) {
  const DurableBegun older = Begin();
  async::TaskGroup tasks(runtime_->platform());
  std::optional<Result<Fetched>> got;
  HubConsumers source = Source();
  const auto wait = [](HubConsumers& from, TenantHandle tenant, DurableClaim claim,
                       std::optional<Result<Fetched>>& into) -> async::Task<void> {
    DurableRequest request;
    request.claim = claim;
    into = co_await from.Next(tenant, std::move(request));
  };
  tasks.Spawn(wait(source, blue_, older.claim, got));
  runtime_->RunFor(1s);
  ASSERT_FALSE(got);
  Begin();
  runtime_->RunFor(1ms);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->error().code, Errc::kConflict);
}

TEST_F(HubConsumersTest, WhoeverLeavesGivesBackWithoutAFailure) {
  Publish(blue_, "a.b", 2);
  for (int i = 0; i < 20; ++i) {
    const DurableBegun begun = Begin();
    EXPECT_EQ(Next(begun.claim), i == 0 ? "1 2" : "1* 2*");
    End(begun.claim);
    runtime_->RunFor(1min);
  }
  EXPECT_EQ(Dead(), "");
}

TEST_F(HubConsumersTest, WhatTheHolderMayNotSeeIsPassedOver) {
  Publish(blue_, "secret.made");
  Publish(blue_, "a.b");
  const DurableBegun begun = Begin();
  DurableRequest request;
  request.claim = begun.claim;
  request.max_bytes = 1 << 20;
  request.may_see = [](const RecordKeys& keys) { return keys.type != "secret.made"; };
  HubConsumers source = Source();
  EXPECT_EQ(Text(*runtime_->Run(source.Next(blue_, std::move(request)))), "2");
}

TEST_F(HubConsumersTest, AGivenBackLetterThatItsHolderMayNotSeeIsDeadAgain) {
  Publish(blue_, "a.b");
  const DurableBegun begun = Begin();
  for (int i = 0; i < 8; ++i) {
    EXPECT_NE(Next(begun.claim), "");
    runtime_->RunFor(2min);
  }
  ASSERT_EQ(Dead(), "hub/alice/jobs/1/8");
  ASSERT_TRUE(Retry("hub/alice/jobs", 1));
  DurableRequest request;
  request.claim = begun.claim;
  request.max_bytes = 1 << 20;
  request.may_see = [](const RecordKeys&) { return false; };
  HubConsumers source = Source();
  EXPECT_EQ(Text(*runtime_->Run(source.Next(blue_, std::move(request)))), "");
  EXPECT_EQ(Dead(), "hub/alice/jobs/1/9");
}

TEST_F(HubConsumersTest, TellsWhereThePositionIsNotThereAnyMore) {
  Publish(blue_, "a.b", 4);
  const DurableBegun first = Begin();
  EXPECT_FALSE(first.gap);
  End(first.claim);
  log_.Expire(blue_, 3);
  runtime_->RunFor(1min);
  side_->consumers.Sweep();
  const DurableBegun second = Begin();
  ASSERT_TRUE(second.gap);
  EXPECT_EQ(second.gap->reason, Gap::Reason::kRetention);
  EXPECT_EQ(second.after, At(3));
  EXPECT_EQ(Next(second.claim), "4");
}

TEST_F(HubConsumersTest, ACrashLosesNoPosition) {
  Publish(blue_, "a.b", 3);
  const DurableBegun begun = Begin();
  EXPECT_EQ(Next(begun.claim), "1 2 3");
  ASSERT_TRUE(Acknowledge(begun.claim, 1));
  CrashAndRestart();
  EXPECT_EQ(Next(Begin().claim), "2* 3*");
}

TEST_F(HubConsumersTest, WhoeverLeavesATenantThatWasDeletedOpensNothingOfIt) {
  Publish(blue_, "a.b", 2);
  const DurableBegun begun = Begin();
  const auto fetched = TryNext(begun.claim);
  auto record = blue_.record();
  record.state = TenantState::kDeleting;
  runtime_->Run(side_->consumers.LetGo(testing_support::TenantHandleOf(record)),
                &runtime_->platform());
  const std::size_t open = side_->databases.open();
  HubConsumers source = Source();
  runtime_->Run(source.TakeBack(blue_, begun.claim, *fetched));
  End(begun.claim);
  EXPECT_EQ(side_->databases.open(), open);
}

TEST_F(HubConsumersTest, EachUserHasItsOwnUnderTheSameName) {
  Publish(blue_, "a.b", 2);
  const DurableBegun alice = Begin(Wish("alice"));
  const DurableBegun bob = Begin(Wish("bob"));
  ASSERT_TRUE(Acknowledge(alice.claim, 2));
  EXPECT_EQ(Next(bob.claim), "1 2");
}

TEST_F(HubConsumersTest, AUserHasAtMostThirtyTwo) {
  for (int i = 0; i < 32; ++i) Begin(Wish("alice", "n" + std::to_string(i)));
  EXPECT_EQ(RefusalOf(Wish("alice", "one-more")), Errc::kConflict);
  Begin(Wish("alice", "n7"));
  Begin(Wish("alice/../bob", "n"));
  Begin(Wish("bob"));
}

TEST_F(HubConsumersTest, OneThatNobodyUsesIsForgotten) {
  const DurableBegun begun = Begin();
  End(begun.claim);
  runtime_->RunFor(24h * 31);
  side_->consumers.Sweep();
  EXPECT_EQ(Shown("hub/alice/jobs", "name"), "There is no consumer 'hub/alice/jobs'.");
}

TEST_F(HubConsumersTest, OneThatWaitsIsUsed) {
  HubConsumers source = Source();
  async::TaskGroup tasks(runtime_->platform());
  const auto wait = [](HubConsumers& from, TenantHandle tenant,
                       DurableClaim claim) -> async::Task<void> {
    while (true) {
      DurableRequest request;
      request.claim = claim;
      if (!co_await from.Next(tenant, std::move(request))) co_return;
    }
  };
  tasks.Spawn(wait(source, blue_, Begin().claim));
  for (int day = 0; day < 31; ++day) {
    runtime_->RunFor(24h);
    side_->consumers.Sweep();
  }
  EXPECT_EQ(Shown("hub/alice/jobs", "name"), R"("hub/alice/jobs")");
  side_->consumers.EndWaits();
  runtime_->RunFor(1s);
  EXPECT_EQ(tasks.running(), 0U);
}

TEST_F(HubConsumersTest, WhatCannotBeKeptIsRefused) {
  for (const char* name : {"", ".hidden", "a/b", "späť", "with space"}) {
    EXPECT_EQ(RefusalOf(Wish("alice", name)), Errc::kInvalidArgument) << name;
  }
  EXPECT_EQ(RefusalOf(Wish("alice", std::string(101, 'n'))), Errc::kInvalidArgument);
  EXPECT_EQ(RefusalOf(Wish("")), Errc::kInvalidArgument);
  EXPECT_EQ(RefusalOf(Wish(std::string(513, 'u'))), Errc::kInvalidArgument);
  for (const char* type : {"", "fx*", "a b"}) {
    DurableWish wish = Wish();
    wish.types = {type};
    EXPECT_EQ(RefusalOf(wish), Errc::kInvalidArgument) << type;
  }
  DurableWish topics = Wish();
  topics.topics.assign(101, "t");
  EXPECT_EQ(RefusalOf(topics), Errc::kInvalidArgument);
  // And what is kept can be read again.
  EXPECT_EQ(RefusalOf(Wish("line\nbreak")), Errc::kInvalidArgument);
  Begin(Wish("a user/with \"many\" things", "jobs"));
  Restart();
  EXPECT_EQ(Begin().claim.consumer, "hub/alice/jobs");
}

}  // namespace
}  // namespace notify::agent::consumer
