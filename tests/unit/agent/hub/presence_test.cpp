#include "agent/hub/presence.hpp"

#include <gmock/gmock.h>

#include "agent/telemetry/exposition.hpp"
#include "tests/unit/agent/hub/hub_world.hpp"

namespace notify::agent::hub {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class PresenceTest : public testing::Test, public HubWorld {
 protected:
  ~PresenceTest() override {
    LeaveAll();
    runtime_.Run(presence_.Stop());
  }

  Listener& Come(Who who) {
    Listener& listener = Connect(std::move(who));
    runtime_.RunUntilIdle();
    return listener;
  }
  /// A client that is told.
  Listener& Watcher(Who who = {.user = "watcher"}) {
    const std::size_t io = who.io;
    Listener& listener = Come(std::move(who));
    presence_.Subscribe(io, listener.client);
    return listener;
  }
  UserPresence Of(const std::string& user, const std::string& tenant = "blue") {
    return runtime_.Run(presence_.Get(Tenant(tenant), user));
  }
  std::vector<std::string> Online(const std::string& tenant = "blue", const std::string& after = "",
                                  std::size_t limit = 100) {
    std::vector<std::string> users;
    for (const auto& each : runtime_.Run(presence_.List(Tenant(tenant), after, limit))) {
      users.push_back(each.user);
    }
    return users;
  }

  telemetry::Metrics metrics_{{}};
  Presence presence_{runtime_, hub_, metrics_, 5s};
};

TEST_F(PresenceTest, AUserIsOnlineWithTheFirstConnection) {
  EXPECT_FALSE(Of("alice").since);
  Come({.io = 0});
  Come({.io = 1});
  EXPECT_EQ(Of("alice").connections, 2U) << "over all threads";
  EXPECT_EQ(Of("alice").since, runtime_.clock().WallNow());
  EXPECT_THAT(Online(), ElementsAre("alice"));
}

TEST_F(PresenceTest, UsersAreListedByNameInPages) {
  for (const char* user : {"carol", "alice", "bob"}) Come({.user = user});
  EXPECT_THAT(Online("blue", "", 2), ElementsAre("alice", "bob"));
  EXPECT_THAT(Online("blue", "bob", 2), ElementsAre("carol"));
}

TEST_F(PresenceTest, AnotherTenantSeesNobody) {
  Listener& green = Watcher({.tenant = "green", .user = "watcher"});
  Come({});
  EXPECT_THAT(Online("green"), ElementsAre("watcher"));
  EXPECT_THAT(green.methods, IsEmpty());
}

TEST_F(PresenceTest, AKeyIsNobody) {
  Come({.user = ""});
  EXPECT_THAT(Online(), IsEmpty());
}

TEST_F(PresenceTest, WhoAskedIsToldOfUsersThatCome) {
  Listener& watcher = Watcher({.user = "watcher", .io = 1});
  Listener& other = Come({.user = "other"});
  watcher.arguments.clear();
  Come({});
  Come({});
  ASSERT_THAT(watcher.arguments, ElementsAre(HasSubstr(R"("user":"alice","online":true)")))
      << "once, with the first connection";
  EXPECT_EQ(watcher.methods.back(), "presence");
  EXPECT_GT(watcher.flushes, 0U);
  EXPECT_THAT(other.methods, IsEmpty());
}

TEST_F(PresenceTest, WhatASlowClientWasNotToldYetOfAUserIsReplacedByTheNewest) {
  Listener& watcher = Watcher();
  watcher.keys.clear();
  Leave(Come({}));
  runtime_.RunFor(6s);
  Come({.user = "bob"});
  EXPECT_THAT(watcher.keys, ElementsAre("presence:alice", "presence:alice", "presence:bob"));
}

TEST_F(PresenceTest, AUserGoesOnlyAfterTheGrace) {
  Listener& watcher = Watcher();
  Listener& alice = Come({});
  Leave(alice);
  watcher.arguments.clear();
  runtime_.RunFor(5s - 1ms);
  EXPECT_TRUE(Of("alice").since);
  EXPECT_EQ(Of("alice").connections, 0U);
  EXPECT_THAT(watcher.arguments, IsEmpty());
  runtime_.RunFor(2ms);
  EXPECT_FALSE(Of("alice").since);
  EXPECT_THAT(watcher.arguments,
              ElementsAre(HasSubstr(R"("user":"alice","online":false,"connections":0,"at":")")));
}

TEST_F(PresenceTest, AReconnectWithinTheGraceIsNotSeen) {
  Listener& watcher = Watcher();
  Listener& alice = Come({});
  const auto since = Of("alice").since;
  watcher.arguments.clear();
  Leave(alice);
  runtime_.RunFor(4s);
  Listener& again = Come({});
  runtime_.RunFor(20s);
  EXPECT_THAT(watcher.arguments, IsEmpty());
  EXPECT_EQ(Of("alice").since, since);
  Leave(again);
  runtime_.RunFor(4s);
  EXPECT_TRUE(Of("alice").since) << "each time with the whole grace";
  runtime_.RunFor(2s);
  EXPECT_THAT(watcher.arguments, ElementsAre(HasSubstr("\"online\":false")));
}

TEST_F(PresenceTest, AClientThatFlapsFasterThanTheGraceGoesOnceAfterTheLastTime) {
  Listener& watcher = Watcher();
  Listener& first = Come({});
  watcher.arguments.clear();
  Leave(first);
  for (int i = 0; i < 10; ++i) {
    runtime_.RunFor(3s);
    Leave(Come({}));
  }
  EXPECT_THAT(watcher.arguments, IsEmpty());
  runtime_.RunFor(6s);
  EXPECT_THAT(watcher.arguments, ElementsAre(HasSubstr("\"online\":false")));
}

TEST_F(PresenceTest, NobodyIsToldAfterUnsubscribingOrLeaving) {
  Listener& watcher = Watcher();
  Listener& gone = Watcher({.user = "gone"});
  presence_.Unsubscribe(0, watcher.client);
  Leave(gone);
  watcher.arguments.clear();
  gone.arguments.clear();
  Come({});
  EXPECT_THAT(watcher.arguments, IsEmpty());
  EXPECT_THAT(gone.arguments, IsEmpty());
}

TEST_F(PresenceTest, NothingIsLeftInTheMetricOfUsersThatWent) {
  Leave(Come({}));
  EXPECT_THAT(telemetry::Exposition(metrics_, std::nullopt),
              HasSubstr("notify_users_online{tenant=\"blue\"} 1"));
  runtime_.RunFor(6s);
  EXPECT_THAT(telemetry::Exposition(metrics_, std::nullopt),
              HasSubstr("notify_users_online{tenant=\"blue\"} 0"));
}

}  // namespace
}  // namespace notify::agent::hub
