#include <gmock/gmock.h>

#include "tests/unit/agent/pipeline/durable_world.hpp"

namespace notify::agent::pipeline {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class DurableSubscriptionsTest : public DurableWorld {
 protected:
  using DurableWorld::DurableWorld;
};

TEST_F(DurableSubscriptionsTest, EventsComeWithTheirSubscriptionUnderTheirType) {
  Publish({{.type = "order.made"}});
  Connection& alice = Connect();
  const auto begun = Subscribe(alice);
  EXPECT_EQ(begun->after, (Position{Epoch{1000}, Sequence{0}}));
  EXPECT_THAT(alice.listener.methods, ElementsAre("order.made"));
  const auto event = nlohmann::json::parse(alice.listener.arguments.at(0));
  EXPECT_EQ(event["subscription"], begun->id);
  EXPECT_FALSE(event.contains("redelivered"));
  EXPECT_EQ(alice.listener.flushes, 1U);
}

TEST_F(DurableSubscriptionsTest, WhatIsNotAcknowledgedInTimeComesAgainInOrder) {
  Publish({{}, {}, {}});
  Connection& alice = Connect();
  ASSERT_TRUE(Subscribe(alice));
  EXPECT_EQ(Got(alice), "1 2 3");
  ASSERT_TRUE(Ack(alice, 1));
  runtime_.RunFor(32s);
  EXPECT_EQ(Got(alice), "2* 3*");
  ASSERT_TRUE(Ack(alice, 3));
  runtime_.RunFor(10min);
  EXPECT_EQ(Got(alice), "");
}

TEST_F(DurableSubscriptionsTest, ANewConnectionGoesOnBehindTheLastAcknowledged) {
  Publish({{}, {}, {}});
  Connection& first = Connect();
  ASSERT_TRUE(Subscribe(first));
  ASSERT_TRUE(Ack(first, 1));
  Leave(first);
  Publish({{}});
  Connection& second = Connect({.io = 1});
  EXPECT_EQ(Subscribe(second)->after, (Position{Epoch{1000}, Sequence{1}}));
  EXPECT_EQ(Got(second), "2* 3* 4");
}

TEST_F(DurableSubscriptionsTest, ANewerConnectionTakesOverAndTheOlderIsTold) {
  Publish({{}});
  Connection& older = Connect();
  const auto begun = Subscribe(older);
  EXPECT_EQ(Got(older), "1");
  Connection& newer = Connect({.io = 1});
  ASSERT_TRUE(Subscribe(newer));
  ASSERT_EQ(older.listener.ended.size(), 1U);
  EXPECT_EQ(older.listener.ended[0].id, begun->id);
  EXPECT_EQ(older.listener.ended[0].name, "jobs");
  EXPECT_EQ(older.listener.ended[0].reason, hub::EndedSubscription::Reason::kTakenOver);
  Publish({{}});
  EXPECT_EQ(Got(older), "");
  EXPECT_EQ(Ack(older, 2).error().code, Errc::kNotFound);
  EXPECT_EQ(Got(newer), "1* 2");
  EXPECT_TRUE(newer.listener.ended.empty());
}

TEST_F(DurableSubscriptionsTest, TheSameConnectionMayTakeItOverItself) {
  Connection& alice = Connect();
  const auto first = Subscribe(alice);
  const auto second = Subscribe(alice);
  ASSERT_EQ(alice.listener.ended.size(), 1U);
  EXPECT_EQ(alice.listener.ended[0].id, first->id);
  Publish({{}});
  EXPECT_EQ(Got(alice), "1");
  EXPECT_TRUE(Ack(alice, 1));
}

TEST_F(DurableSubscriptionsTest, AfterEightAttemptsThatOneEventIsADeadLetter) {
  Publish({{}, {}});
  Connection& alice = Connect();
  ASSERT_TRUE(Subscribe(alice));
  // It does the second event whenever it comes, and never the first.
  std::string all;
  for (int second = 0; second < 600; ++second) {
    runtime_.RunFor(1s);
    const std::string got = Got(alice);
    all += got + ' ';
    if (all.ends_with("2* ") && Dead().size() == 1) {
      ASSERT_TRUE(Ack(alice, 2));
      break;
    }
  }
  EXPECT_EQ(std::ranges::count(all, '1'), 8) << all;
  EXPECT_THAT(Dead(), ElementsAre("hub/alice/jobs 1000-1 8"));
  runtime_.RunFor(10min);
  EXPECT_EQ(Got(alice), "");
}

class FewInFlight : public DurableSubscriptionsTest {
 protected:
  FewInFlight() : DurableSubscriptionsTest({.max_in_flight = 3}) {}
};

TEST_F(FewInFlight, AClientThatDoesNotAcknowledgeHasSoManyAndNoMore) {
  Publish(std::vector<TestEvent>(100));
  Connection& alice = Connect();
  ASSERT_TRUE(Subscribe(alice));
  EXPECT_EQ(Got(alice), "1 2 3");
  ASSERT_TRUE(Ack(alice, 2));
  Settle();
  EXPECT_EQ(Got(alice), "4 5");
}

TEST_F(DurableSubscriptionsTest, WhatThereIsNoRoomForComesWhenThereIs) {
  Publish({{}, {}, {}, {}, {}});
  Connection& alice = Connect();
  alice.listener.room = 2;
  ASSERT_TRUE(Subscribe(alice));
  EXPECT_EQ(Got(alice), "1 2");
  // However long it takes: what did not go out has no deadline.
  ASSERT_TRUE(Ack(alice, 2));
  runtime_.RunFor(10min);
  Take(alice, 2);
  EXPECT_EQ(Got(alice), "3 4");
  Take(alice, 2);
  EXPECT_EQ(Got(alice), "5");
}

TEST_F(DurableSubscriptionsTest, AnEventOfABroadcastTypeComesOnce) {
  settings_.broadcast = {"rate.updated"};
  Connection& alice = Connect();
  ASSERT_TRUE(Subscribe(alice));
  Publish({{.type = "rate.updated"}});
  EXPECT_EQ(Got(alice), "1");
}

TEST_F(DurableSubscriptionsTest, ASubscriberGetsWhatItMaySee) {
  settings_.subscribable = {"open.made"};
  Connection& alice = Connect({.roles = Role::kSubscriber});
  ASSERT_TRUE(Subscribe(alice));
  Publish({{.type = "open.made"},
           {.type = "closed.made"},
           {.type = "closed.made", .userid = "alice"},
           {.type = "open.made", .userid = "bob"}});
  EXPECT_EQ(Got(alice), "1 3");
}

TEST_F(DurableSubscriptionsTest, OtherUsersAndTenantsHaveTheirOwn) {
  Publish({{}, {}});
  Publish({{.type = "green.made"}}, "green");
  Connection& alice = Connect();
  Connection& bob = Connect({.user = "bob"});
  Connection& green = Connect({.tenant = "green"});
  for (Connection* each : {&alice, &bob, &green}) ASSERT_TRUE(Subscribe(*each));
  ASSERT_TRUE(Ack(alice, 2));
  EXPECT_EQ(Got(bob), "1 2");
  EXPECT_THAT(green.listener.methods, ElementsAre("green.made"));
  EXPECT_EQ(Ack(bob, 2, "other").error().code, Errc::kNotFound);
  EXPECT_TRUE(alice.listener.ended.empty());
  Leave(bob);
  Connection& again = Connect({.user = "bob"});
  ASSERT_TRUE(Subscribe(again));
  EXPECT_EQ(Got(again), "1* 2*");
}

TEST_F(DurableSubscriptionsTest, UnsubscribingKeepsThePosition) {
  Publish({{}, {}});
  Connection& alice = Connect();
  const auto begun = Subscribe(alice);
  ASSERT_TRUE(Ack(alice, 1));
  ASSERT_TRUE(hub_.shard(0).Unsubscribe(alice.listener.client, begun->id));
  Settle();
  EXPECT_EQ(Ack(alice, 2).error().code, Errc::kNotFound);
  Got(alice);
  Publish({{}});
  EXPECT_EQ(Got(alice), "");
  ASSERT_TRUE(Subscribe(alice));
  EXPECT_EQ(Got(alice), "2* 3");
  EXPECT_TRUE(alice.listener.ended.empty());
}

TEST_F(DurableSubscriptionsTest, AClientIsToldWhenAnOperatorRemovesIt) {
  Connection& alice = Connect();
  ASSERT_TRUE(Subscribe(alice));
  ASSERT_TRUE(runtime_.Run(consumers_.Delete(alice.tenant, "hub/alice/jobs")));
  Settle();
  ASSERT_EQ(alice.listener.ended.size(), 1U);
  EXPECT_EQ(alice.listener.ended[0].reason, hub::EndedSubscription::Reason::kRemoved);
}

TEST_F(DurableSubscriptionsTest, AGapInItsLifeIsToldOnce) {
  Publish({{}, {}, {}, {}});
  Connection& alice = Connect();
  alice.listener.room = 1;
  const auto begun = Subscribe(alice);
  EXPECT_EQ(Got(alice), "1");
  ASSERT_TRUE(Ack(alice, 1));
  log_.Expire("blue", 3);
  // Long enough that nothing is kept of what was read ahead.
  runtime_.RunFor(1min);
  consumers_.Sweep();
  Take(alice, 1);
  EXPECT_EQ(Got(alice), "4");
  ASSERT_EQ(alice.listener.gaps.size(), 1U);
  EXPECT_EQ(alice.listener.gap_subscriptions, std::vector{begun->id});
  EXPECT_EQ(alice.listener.gaps[0].resumed_after.sequence, Sequence{3});
  Take(alice, 1);
  runtime_.RunFor(1min);
  EXPECT_EQ(alice.listener.gaps.size(), 1U);
}

TEST_F(DurableSubscriptionsTest, AGivenBackLetterComesBeside) {
  Publish({{}});
  Connection& alice = Connect();
  ASSERT_TRUE(Subscribe(alice));
  runtime_.RunFor(10min);
  ASSERT_EQ(Dead().size(), 1U);
  Got(alice);
  const auto letter =
      consumer::DeadLetterId(alice.tenant.id(), "hub/alice/jobs", {Epoch{1000}, Sequence{1}});
  ASSERT_TRUE(consumers_.GiveBack(alice.tenant, letter));
  Settle();
  EXPECT_EQ(Got(alice), "1*");
  ASSERT_TRUE(Ack(alice, 1));
  EXPECT_THAT(Dead(), IsEmpty());
}

}  // namespace
}  // namespace notify::agent::pipeline
