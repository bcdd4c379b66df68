#include "agent/hub/hub.hpp"

#include <gmock/gmock.h>

#include "tests/unit/agent/hub/hub_world.hpp"

namespace notify::agent::hub {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class HubTest : public testing::Test, public HubWorld {
 protected:
  static LiveTarget User(const std::string& name) { return {LiveTarget::Kind::kUser, name}; }
  static LiveTarget Group(const std::string& name) { return {LiveTarget::Kind::kGroup, name}; }
  static LiveTarget Everybody() { return {LiveTarget::Kind::kTenant, {}}; }
};

TEST_F(HubTest, ACallReachesAUsersConnectionsOnAllThreads) {
  Listener& first = Connect({.io = 0});
  Listener& second = Connect({.io = 1});
  Listener& bob = Connect({.user = "bob"});
  EXPECT_EQ(Invoke("blue", User("alice"), "hello"), 2U);
  EXPECT_THAT(first.methods, ElementsAre("hello"));
  EXPECT_THAT(second.methods, ElementsAre("hello"));
  EXPECT_THAT(bob.methods, IsEmpty());
}

TEST_F(HubTest, ATopicsGroupIsWhoSubscribedToTheTopic) {
  Listener& alice = Connect();
  Connect({.user = "bob"});
  ASSERT_TRUE(Subscribe(alice, Filter{{}, {"eu"}, {}, {}}));
  EXPECT_EQ(Invoke("blue", Group("topic::eu"), "hello"), 1U);
  EXPECT_THAT(alice.client->Groups(), ElementsAre("tenant::blue", "user::alice", "topic::eu"));
}

TEST_F(HubTest, ABroadcastReachesTheTenantsGroup) {
  Connect();
  Listener& gone = Connect({.io = 1});
  hub_.shard(1).SetInTenantGroup(gone.client, false);
  EXPECT_EQ(Invoke("blue", Everybody(), "hello"), 1U);
}

TEST_F(HubTest, ACallToASubscriptionReachesItsConnection) {
  Listener& alice = Connect({.io = 1});
  Connect();
  const auto begun = Subscribe(alice, Types({"a.b"}));
  EXPECT_EQ(Invoke("blue", {LiveTarget::Kind::kSubscription, begun->id}, "a.b"), 1U);
  EXPECT_THAT(alice.methods, ElementsAre("a.b"));
}

TEST_F(HubTest, AReplayedEventIsNeverDroppedAndComesOnceToEachConnection) {
  Listener& first = Connect({.io = 0});
  Listener& second = Connect({.io = 1});
  second.room = 0;
  const auto give = [&](ReplaySink::Taken before) {
    return runtime_.Run(hub_.Give(Tenant("blue"), User("alice"), "a.b", "{}", before));
  };
  const auto full = give({});
  EXPECT_TRUE(full.full);
  EXPECT_THAT(second.methods, IsEmpty());
  second.room = SIZE_MAX;
  const auto taken = give(full);
  EXPECT_FALSE(taken.full);
  EXPECT_EQ(taken.connections, 2U);
  EXPECT_THAT(first.methods, ElementsAre("a.b"));
  EXPECT_THAT(second.methods, ElementsAre("a.b"));
}

TEST_F(HubTest, CountsTheConnectionsThatAreMeant) {
  Connect({.io = 0});
  Connect({.io = 1});
  Connect({.user = "bob"});
  EXPECT_EQ(runtime_.Run(hub_.CountOf(Tenant("blue"), User("alice"))), 2U);
  EXPECT_EQ(runtime_.Run(hub_.CountOf(Tenant("green"), User("alice"))), 0U);
}

TEST_F(HubTest, RemembersHowManyConnectionsGotAnEvent) {
  Connect({.io = 0});
  Connect({.io = 1});
  Commit({{.type = "rate.updated"}, {.type = "order.created"}});
  const auto got = [&](std::uint64_t n) {
    return runtime_.Run(hub_.ConnectionsThatGot(Tenant("blue"), {Epoch{1000}, Sequence{n}}));
  };
  EXPECT_EQ(got(1), 2U);
  EXPECT_EQ(got(2), 0U);
}

TEST_F(HubTest, ARefreshedTenantBroadcastsWhatItsNewSettingsSay) {
  Listener& alice = Connect();
  runtime_.Run(hub_.Refresh(Tenant("blue", {.broadcast = {"order.created"}})));
  Commit({{.type = "order.created"}, {.type = "rate.updated"}});
  EXPECT_THAT(alice.methods, ElementsAre("order.created"));
}

TEST_F(HubTest, DisconnectsWhomItIsToldTo) {
  Listener& alice = Connect({.io = 1});
  Listener& bob = Connect({.user = "bob"});
  const auto is_alice = [](const TenantId&, const ClientInfo& info) {
    return info.actor == "user:alice";
  };
  EXPECT_EQ(runtime_.Run(hub_.DisconnectWhere(is_alice, {"revoked", false})), 1U);
  EXPECT_EQ(alice.closed->error, "revoked");
  EXPECT_FALSE(bob.closed.has_value());
}

TEST_F(HubTest, DrainTellsEverybodyToComeAgainAtMomentsOfTheirOwn) {
  Listener& alice = Connect({.io = 0});
  Listener& bob = Connect({.io = 1});
  runtime_.Run(hub_.Drain(std::chrono::seconds(2)));
  EXPECT_TRUE(alice.closed->allow_reconnect);
  EXPECT_TRUE(bob.closed->allow_reconnect);
}

}  // namespace
}  // namespace notify::agent::hub
