#include "agent/hub/hub_shard.hpp"

#include <gmock/gmock.h>

#include "tests/unit/agent/hub/hub_world.hpp"

namespace notify::agent::hub {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class HubShardTest : public testing::Test, public HubWorld {};

TEST_F(HubShardTest, BroadcastTypesReachAConnectionWithoutASubscription) {
  Listener& alice = Connect();
  Commit({{.type = "fx.quote.created"}, {.type = "order.created"}});
  EXPECT_THAT(alice.methods, ElementsAre("fx.quote.created"));
}

TEST_F(HubShardTest, OtherTypesReachItBySubscribing) {
  Listener& alice = Connect();
  ASSERT_TRUE(Subscribe(alice, Types({"order.*"})));
  Commit({{.type = "order.created"}, {.type = "invoice.created"}});
  EXPECT_THAT(alice.methods, ElementsAre("order.created"));
}

TEST_F(HubShardTest, AnEventComesOnceHoweverManySubscriptionsMatch) {
  Listener& alice = Connect();
  ASSERT_TRUE(Subscribe(alice, Types({"fx.*"})));
  ASSERT_TRUE(Subscribe(alice, Types({"*"})));
  Commit({{.type = "fx.quote.created"}});
  EXPECT_THAT(alice.got, ElementsAre(1));
}

TEST_F(HubShardTest, TopicsNarrowTypes) {
  Listener& alice = Connect();
  ASSERT_TRUE(Subscribe(alice, Filter{{"order.*"}, {"eu"}, {}, {}}));
  Commit({{.type = "order.a", .topic = "eu"}, {.type = "order.b", .topic = "us"}});
  EXPECT_THAT(alice.methods, ElementsAre("order.a"));
}

TEST_F(HubShardTest, WhatABatchGivesAClientLeavesInOneWrite) {
  Listener& alice = Connect();
  Commit({{.type = "fx.quote.created"}, {.type = "fx.quote.created"}, {.type = "rate.updated"}});
  EXPECT_THAT(alice.got, SizeIs(3));
  EXPECT_EQ(alice.flushes, 1U);
}

TEST_F(HubShardTest, SubscribeSaysThePositionAfterWhichItDelivers) {
  Commit({{}, {}});
  const auto begun = Subscribe(Connect(), Types({"*"}));
  EXPECT_EQ(begun->after, (Position{Epoch{1000}, Sequence{2}}));
}

TEST_F(HubShardTest, FromReplaysHistoryAndThenGoesOnLive) {
  Commit({{}, {}, {}});
  Listener& alice = Connect();
  ASSERT_TRUE(Subscribe(alice, Types({"*"}), 1));
  runtime_.RunUntilIdle();
  Commit({{}});
  EXPECT_EQ(alice.got, Through(2, 4));
}

TEST_F(HubShardTest, TheFirstEventComesInATurnAfterTheAnswer) {
  Commit({{}});
  Listener& alice = Connect();
  ASSERT_TRUE(Subscribe(alice, Types({"*"}), 0));
  EXPECT_THAT(alice.got, IsEmpty());
}

/// A publisher at full rate, and subscribers that begin at every turn of the machine: each finds
/// the end of its history between two other commits.
class EveryInterleaving : public testing::TestWithParam<std::uint64_t> {};

TEST_P(EveryInterleaving, FromHistoryToLiveWithoutAGapOrARepeat) {
  constexpr int kEvents = 40;
  for (int turns = 0; turns < 120; ++turns) {
    HubWorld world(GetParam());
    world.Commit({{}, {}, {}});
    Listener& alice = world.Connect();
    world.log_.Publish("blue", kEvents);
    int turn = 0;
    world.runtime_.RunUntil([&] { return turn++ == turns; }, std::chrono::seconds(1));
    // Of history, of what is just being committed, and of what is not there for long.
    const std::uint64_t from = static_cast<std::uint64_t>(turns) % (world.log_.last("blue") + 1);
    const auto begun = world.Subscribe(alice, HubWorld::Types({"*"}), from);
    ASSERT_TRUE(begun);
    world.runtime_.RunUntilIdle();
    ASSERT_EQ(alice.got, Through(from + 1, kEvents + 3)) << "after " << turns << " turns";
    ASSERT_TRUE(alice.gaps.empty());
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, EveryInterleaving, testing::Range<std::uint64_t>(1, 9));

TEST_F(HubShardTest, FromAheadOfWhatThisThreadHasSeenSkipsUpToIt) {
  Listener& alice = Connect();
  CommitLater(3);
  ASSERT_TRUE(Subscribe(alice, Types({"*"}), 2));
  runtime_.RunUntilIdle();
  EXPECT_EQ(alice.got, Through(3, 3));
}

TEST_F(HubShardTest, APositionBeyondTheLogIsAGapAndDeliveryGoesOnAtTheHead) {
  Commit({{}});
  Listener& alice = Connect();
  const auto begun = Subscribe(alice, Types({"*"}), 99);
  EXPECT_EQ(begun->gap->reason, Gap::Reason::kAhead);
  EXPECT_EQ(begun->after.sequence.value, 1U);
  Commit({{}});
  EXPECT_THAT(alice.got, ElementsAre(2));
}

TEST_F(HubShardTest, AnExpiredPositionIsAGap) {
  Commit({{}});
  Commit({{}});
  log_.Expire("blue", 1);
  Listener& alice = Connect();
  EXPECT_EQ(Subscribe(alice, Types({"*"}), 0)->gap->reason, Gap::Reason::kRetention);
  runtime_.RunUntilIdle();
  EXPECT_THAT(alice.got, ElementsAre(2));
}

TEST_F(HubShardTest, ALogThatTakesThePlaceOfAnotherIsAGapInASubscriptionsLife) {
  Listener& alice = Connect();
  const auto begun = Subscribe(alice, Types({"*"}));
  Commit({{}, {}, {}});
  log_.Restore("blue", 2000);
  Commit({{}});
  EXPECT_THAT(alice.gap_subscriptions, ElementsAre(begun->id));
  EXPECT_EQ(alice.gaps.at(0).resumed_after, (Position{Epoch{2000}, Sequence{0}}));
  EXPECT_THAT(alice.got, ElementsAre(1, 2, 3, 1));
}

TEST_F(HubShardTest, UnsubscribingEndsDelivery) {
  Listener& alice = Connect();
  const auto begun = Subscribe(alice, Types({"*"}));
  ASSERT_TRUE(hub_.shard(0).Unsubscribe(alice.client, begun->id));
  Commit({{}});
  EXPECT_THAT(alice.got, IsEmpty());
  EXPECT_EQ(hub_.shard(0).Unsubscribe(alice.client, begun->id).error().code, Errc::kNotFound);
}

TEST_F(HubShardTest, ASlowClientLosesNothingAndReadsOnFromTheLog) {
  Listener& alice = Connect();
  ASSERT_TRUE(Subscribe(alice, Types({"*"})));
  alice.room = 2;
  for (int i = 0; i < 10; ++i) Commit({{}});
  EXPECT_EQ(alice.got, Through(1, 2));
  while (alice.got.size() < 10) Take(alice, 2);
  EXPECT_EQ(alice.got, Through(1, 10));
  alice.room = SIZE_MAX;
  Take(alice, 2);
  Commit({{}});
  EXPECT_EQ(alice.got, Through(1, 11));
}

TEST_F(HubShardTest, ASlowClientLeavesAQuickOneUntouched) {
  Listener& slow = Connect();
  Listener& quick = Connect();
  slow.room = 0;
  Commit({{.type = "rate.updated"}, {.type = "rate.updated"}});
  EXPECT_THAT(slow.got, IsEmpty());
  EXPECT_THAT(quick.got, ElementsAre(1, 2));
}

TEST_F(HubShardTest, AFeedThatLagsCostsNothingButTheReading) {
  Listener& alice = Connect();
  ASSERT_TRUE(Subscribe(alice, Types({"*"})));
  Commit({{}});
  log_.Lag("blue");
  Commit({{}, {}});
  EXPECT_EQ(alice.got, Through(1, 3));
  EXPECT_EQ(log_.feeds("blue"), 1U);
}

TEST_F(HubShardTest, AReaderTakesOnePageAheadAtMost) {
  for (int i = 0; i < 20; ++i) Commit({{.data = '"' + std::string(100'000, 'x') + '"'}});
  Listener& alice = Connect();
  ASSERT_TRUE(Subscribe(alice, Types({"*"}), 0));
  runtime_.RunUntilIdle();
  EXPECT_EQ(alice.got, Through(1, 20));
  EXPECT_LE(log_.largest_page(), 256U << 10);
}

TEST_F(HubShardTest, LeavingTheTenantsGroupEndsWhatIsBroadcast) {
  Listener& alice = Connect();
  hub_.shard(0).SetInTenantGroup(alice.client, false);
  Commit({{.type = "rate.updated"}});
  EXPECT_THAT(alice.got, IsEmpty());
  EXPECT_THAT(alice.client->Groups(), ElementsAre("user::alice"));
}

TEST_F(HubShardTest, AnEventStreamHasOnlyWhatItSubscribedTo) {
  Listener& stream = Connect({.kind = ClientInfo::Kind::kEventStream});
  ASSERT_TRUE(Subscribe(stream, Types({"order.*"})));
  Commit({{.type = "rate.updated"}, {.type = "order.created"}});
  EXPECT_THAT(stream.methods, ElementsAre("order.created"));
}

TEST_F(HubShardTest, WithoutTheLogNobodyEntersAndLaterTheyDo) {
  log_.SetBroken(true);
  EXPECT_TRUE(Connect().closed.has_value());
  log_.SetBroken(false);
  EXPECT_FALSE(Connect().closed.has_value());
}

TEST_F(HubShardTest, TheLastToLeaveDetachesTheFeed) {
  Listener& alice = Connect();
  Listener& bob = Connect({.user = "bob"});
  Leave(alice);
  EXPECT_EQ(log_.feeds("blue"), 1U);
  Leave(bob);
  EXPECT_EQ(log_.feeds("blue"), 0U);
  EXPECT_EQ(hub_.clients(), 0U);
}

TEST_F(HubShardTest, HasAtMost256SubscriptionsAConnection) {
  Listener& alice = Connect();
  for (int i = 0; i < 256; ++i) ASSERT_TRUE(Subscribe(alice, Types({"a.b"})));
  EXPECT_EQ(Subscribe(alice, Types({"a.b"})).error().code, Errc::kInvalidArgument);
}

/// Subscriptions that begin while a publisher runs at full rate, under many schedules.
class HandoverTest : public testing::TestWithParam<std::uint64_t> {};

TEST_P(HandoverTest, FromHistoryToLiveWithoutAGapOrARepeat) {
  HubWorld world(GetParam());
  world.Commit({{}, {}, {}});
  Listener& listener = world.Connect();
  world.log_.Publish("blue", 500);
  ASSERT_TRUE(world.Subscribe(listener, HubWorld::Types({"*"}), 0));
  world.log_.Lag("blue");
  world.runtime_.RunUntilIdle();
  EXPECT_EQ(listener.got, Through(1, 503));
}

TEST_P(HandoverTest, WhatIsBroadcastAsWellComesOnceAndInItsPlace) {
  HubWorld world(GetParam());
  world.log_.Publish("blue", 300, {.type = "rate.updated"});
  Listener& early = world.Connect();
  ASSERT_TRUE(world.Subscribe(early, HubWorld::Types({"*"})));
  Listener& late = world.Connect({.kind = ClientInfo::Kind::kEventStream});
  ASSERT_TRUE(world.Subscribe(late, HubWorld::Types({"rate.*"}), 0));
  world.runtime_.RunUntilIdle();
  EXPECT_EQ(late.got, Through(1, 300));
  EXPECT_EQ(early.got, Through(early.client->after.value + 1, 300));
}

TEST_P(HandoverTest, SlowReadersBetweenQuickOnesGetTheSame) {
  HubWorld world(GetParam());
  std::vector<Listener*> listeners;
  world.log_.Publish("blue", 400);
  for (std::size_t i = 0; i < 4; ++i) {
    listeners.push_back(&world.Connect({.io = i % 2}));
    listeners.back()->room = 2 + i * 7;
    ASSERT_TRUE(world.Subscribe(*listeners.back(), HubWorld::Types({"*"}), 0));
  }
  for (int i = 0; i < 400; ++i) {
    world.log_.Publish("blue", i < 50 ? 2 : 0);
    for (Listener* listener : listeners) world.Take(*listener, 1 + listener->room / 2);
  }
  for (Listener* listener : listeners) EXPECT_EQ(listener->got, Through(1, 500));
}

INSTANTIATE_TEST_SUITE_P(Seeds, HandoverTest, testing::Range<std::uint64_t>(1, 41));

TEST_F(HubShardTest, HistoryIsNotBroadcastButReachesWhoSubscribes) {
  Listener& alice = Connect();
  Listener& bob = Connect();
  ASSERT_TRUE(Subscribe(bob, Types({"fx.*"})));
  Commit({{.type = "fx.quote.created", .imported = true}});
  EXPECT_THAT(alice.got, IsEmpty());
  EXPECT_THAT(bob.got, ElementsAre(1));
}

TEST_F(HubShardTest, AClientThatFallsBehindIsToldOfOnceAMinute) {
  Listener& alice = Connect();
  const auto fall_behind = [&] {
    alice.room = SIZE_MAX;
    Take(alice, 100);
    alice.room = 0;
    Commit({{.type = "fx.quote.created"}});
  };
  fall_behind();
  EXPECT_THAT(news_.slow, ElementsAre("blue user:alice behind"));
  fall_behind();
  EXPECT_THAT(news_.slow, SizeIs(1));
  runtime_.RunFor(std::chrono::seconds(61));
  fall_behind();
  EXPECT_THAT(news_.slow, SizeIs(2));
}

TEST_F(HubShardTest, AClientThatAMessageWasDroppedForIsToldOf) {
  Connect().closed = Farewell{};  // It takes no message.
  EXPECT_EQ(Invoke("blue", {LiveTarget::Kind::kTenant, {}}, "badge"), 0U);
  EXPECT_THAT(news_.slow, ElementsAre("blue user:alice dropped"));
}

}  // namespace
}  // namespace notify::agent::hub
