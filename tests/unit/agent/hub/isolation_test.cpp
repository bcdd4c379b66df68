// Two tenants on one hub: one misbehaves, the other notices nothing; and within a tenant, what is
// one user's alone reaches no other.
#include <gmock/gmock.h>

#include "tests/unit/agent/hub/hub_world.hpp"

namespace notify::agent::hub {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class HubIsolationTest : public testing::Test, public HubWorld {};

TEST_F(HubIsolationTest, NothingOfOneTenantReachesAnother) {
  Listener& green = Connect({.tenant = "green"});
  ASSERT_TRUE(Subscribe(green, Types({"*"}), 0));
  Connect();
  Commit({{.type = "rate.updated", .userid = "alice"}}, "blue");
  EXPECT_THAT(green.got, IsEmpty());
}

TEST_F(HubIsolationTest, ACallStaysInItsTenantWhateverItNames) {
  Listener& green = Connect({.tenant = "green"});
  EXPECT_EQ(Invoke("blue", {LiveTarget::Kind::kTenant, ""}, "m"), 0U);
  EXPECT_EQ(Invoke("blue", {LiveTarget::Kind::kUser, "alice"}, "m"), 0U);
  EXPECT_EQ(Invoke("blue", {LiveTarget::Kind::kGroup, "tenant::green"}, "m"), 0U);
  const auto begun = Subscribe(green, Types({"a.b"}));
  EXPECT_EQ(Invoke("blue", {LiveTarget::Kind::kSubscription, begun->id}, "m"), 0U);
  EXPECT_THAT(green.methods, IsEmpty());
}

TEST_F(HubIsolationTest, AStalledConnectionAndALaggingFeedOfOneTenantLeaveTheOtherAlone) {
  Listener& blue = Connect();
  blue.room = 0;
  Listener& green = Connect({.tenant = "green"});
  ASSERT_TRUE(Subscribe(blue, Types({"*"}), 0));
  CommitLater(1000, "blue");
  log_.Lag("blue");
  Commit({{.type = "rate.updated"}}, "green");
  EXPECT_THAT(green.got, ElementsAre(1));
}

TEST_F(HubIsolationTest, ASubscriberSeesItsOwnEventsAndNoOtherUsers) {
  Listener& alice = Connect({.roles = Role::kSubscriber});
  ASSERT_TRUE(Subscribe(alice, Types({"*"}), 0));
  Commit({{.type = "a.own", .userid = "alice"},
          {.type = "a.others", .userid = "bob"},
          {.type = "rate.updated", .userid = "bob"},
          {.type = "a.open"}});
  EXPECT_THAT(alice.methods, ElementsAre("a.own", "a.open"));
}

TEST_F(HubIsolationTest, WhatASubscriberReadsFromHistoryIsNarrowedInTheSameWay) {
  Commit({{.type = "a.own", .userid = "alice"}, {.type = "a.others", .userid = "bob"}});
  Listener& alice = Connect({.roles = Role::kSubscriber});
  ASSERT_TRUE(Subscribe(alice, Types({"*"}), 0));
  runtime_.RunUntilIdle();
  EXPECT_THAT(alice.methods, ElementsAre("a.own"));
}

TEST_F(HubIsolationTest, SubscribableNarrowsWhatASubscriberMayAskFor) {
  Listener& alice = Connect({.roles = Role::kSubscriber});
  ASSERT_TRUE(Subscribe(alice, Types({"*"})));
  TenantSettings settings;
  settings.subscribable = {"order.*"};
  runtime_.Run(hub_.Refresh(Tenant("blue", settings)));
  Commit({{.type = "order.created"}, {.type = "invoice.created"}, {.type = "rate.updated"}});
  EXPECT_THAT(alice.methods, ElementsAre("order.created", "rate.updated"));
}

TEST_F(HubIsolationTest, TheAgentsOwnEventsReachASubscriberWithItsUseridOrWhereTheTenantOpensThem) {
  Listener& alice = Connect({.roles = Role::kSubscriber});
  ASSERT_TRUE(Subscribe(alice, Types({"*"})));
  Commit({{.type = "notification.requested"},
          {.type = "notification.created", .userid = "alice"},
          {.type = "notification.created", .userid = "bob"},
          {.type = "hub.slow"}});
  EXPECT_THAT(alice.methods, ElementsAre("notification.created"));
  TenantSettings settings;
  settings.subscribable = {"hub.*"};
  runtime_.Run(hub_.Refresh(Tenant("blue", settings)));
  Commit({{.type = "notification.requested"}, {.type = "hub.slow"}});
  EXPECT_THAT(alice.methods, ElementsAre("notification.created", "hub.slow"));
}

TEST_F(HubIsolationTest, AViewerSeesEverythingOfItsTenant) {
  Listener& viewer = Connect({.user = "", .roles = Role::kViewer});
  ASSERT_TRUE(Subscribe(viewer, Types({"*"})));
  Commit({{.userid = "alice"}, {.userid = "bob"}});
  EXPECT_THAT(viewer.got, ElementsAre(1, 2));
}

TEST_F(HubIsolationTest, APublisherSeesNoEvents) {
  Listener& publisher = Connect({.roles = Role::kPublisher});
  EXPECT_EQ(Subscribe(publisher, Types({"*"})).error().code, Errc::kForbidden);
  Commit({{.type = "rate.updated"}});
  EXPECT_THAT(publisher.got, IsEmpty());
}

}  // namespace
}  // namespace notify::agent::hub
