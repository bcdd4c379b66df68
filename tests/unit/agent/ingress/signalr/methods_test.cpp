#include "agent/ingress/signalr/methods.hpp"

#include <gmock/gmock.h>

#include "tests/unit/agent/ingress/live/live_world.hpp"

namespace notify::agent::ingress::signalr {
namespace {

using testing::HasSubstr;

class MethodsTest : public testing::Test, public LiveWorld {
 protected:
  /// What a new connection of `who` is answered.
  std::string Call(const std::string& who, const std::string& method,
                   const std::string& arguments) {
    HubClient client(*this, who);
    client.Greeting();
    return client.Call(method, arguments);
  }
};

TEST_F(MethodsTest, JoiningItsOwnTenantsGroupAlwaysSucceeds) {
  EXPECT_EQ(Call("blue alice subscriber", "JoinTenantGroup", R"("blue")"),
            R"({"type":3,"invocationId":"1"})");
}

TEST_F(MethodsTest, AnyForeignTenantIsOneAndTheSameErrorAndAudited) {
  const std::string green = Call("blue alice viewer", "JoinTenantGroup", R"("green")");
  EXPECT_THAT(green, HasSubstr("HubException: forbidden: "));
  EXPECT_EQ(Call("blue alice viewer", "JoinTenantGroup", R"("no-such")"), green);
  ASSERT_EQ(audit_.tenants.size(), 2U);
  EXPECT_EQ(audit_.tenants[0].first.text(), "blue");
  EXPECT_EQ(audit_.tenants[0].second.action, "hub.join");
  EXPECT_EQ(audit_.tenants[0].second.target, "green");
  EXPECT_EQ(audit_.tenants[0].second.result, "refused");
}

TEST_F(MethodsTest, PublishesForAPublisherAndForNobodyElse) {
  const std::string event = R"({"type":"order.created","data":{"n":1},"id":"o-1"})";
  EXPECT_THAT(Call("blue shop publisher", "Publish", event),
              HasSubstr(R"("result":{"id":"o-1","epoch":1000,"sequence":1,"duplicate":false})"));
  EXPECT_THAT(Call("blue alice viewer", "Publish", event), HasSubstr("HubException: forbidden: "));
  EXPECT_THAT(Call("blue shop publisher", "Publish", R"({"type":"tenant.created"})"),
              HasSubstr("HubException: type_reserved: "));
}

TEST_F(MethodsTest, SendsToAUserAndSaysHowManyTookIt) {
  HubClient alice(*this, "blue alice subscriber");
  alice.Greeting();
  EXPECT_THAT(Call("blue shop publisher", "SendToUser", R"("alice","counter",{"n":3})"),
              HasSubstr(R"("result":{"delivered":1})"));
  EXPECT_EQ(alice.Next(), R"({"type":1,"target":"counter","arguments":[{"n":3}]})");
  EXPECT_THAT(Call("green shop publisher", "SendToUser", R"("alice","counter",1)"),
              HasSubstr(R"("delivered":0)"));
}

TEST_F(MethodsTest, TheAgentsOwnMethodsCannotBeSent) {
  for (const char* method : {"connected", "Notification", "gap", "tenant.created"}) {
    EXPECT_THAT(Call("blue shop publisher", "Broadcast", '"' + std::string(method) + R"(",1)"),
                HasSubstr("HubException: invalid_argument: "));
  }
}

TEST_F(MethodsTest, SubscribeNeedsTypesOrTopicsAndKnowsItsMembers) {
  EXPECT_THAT(Call("blue alice viewer", "Subscribe", "{}"),
              HasSubstr("at least one of 'types' and 'topics'"));
  EXPECT_THAT(Call("blue alice viewer", "Subscribe", R"({"type":["a.b"]})"),
              HasSubstr("does not know 'type'"));
  EXPECT_THAT(Call("blue alice viewer", "Subscribe", R"({"types":["a.b"],"from":-1})"),
              HasSubstr("'from' must be a position"));
}

TEST_F(MethodsTest, AckAndNameGoTogether) {
  EXPECT_THAT(Call("blue alice viewer", "Subscribe", R"({"types":["a.b"],"ack":true})"),
              HasSubstr("HubException: invalid_argument: 'ack' needs a 'name'"));
  EXPECT_THAT(Call("blue alice viewer", "Subscribe", R"({"types":["a.b"],"name":"x"})"),
              HasSubstr("HubException: invalid_argument: 'name' is for"));
}

TEST_F(MethodsTest, AcknowledgesOnlyWhatTheConnectionHolds) {
  EXPECT_THAT(Call("blue alice viewer", "Ack", R"("jobs","1000-1")"),
              HasSubstr("HubException: not_found: "));
  EXPECT_THAT(Call("blue alice viewer", "Ack", R"("jobs",7)"),
              HasSubstr("HubException: invalid_argument: 'The position' must be a position"));
  EXPECT_THAT(Call("blue shop publisher", "Ack", R"("jobs","1000-1")"),
              HasSubstr("HubException: forbidden: "));
}

TEST_F(MethodsTest, AnUnknownSessionIsNotResumed) {
  EXPECT_THAT(Call("blue alice viewer", "Resume", R"("s")"),
              HasSubstr(R"("result":{"resumed":false,"subscriptions":[]})"));
}

TEST_F(MethodsTest, WhatTheClientKnowsFromTheReferenceServer) {
  EXPECT_THAT(
      Call("blue alice viewer", "Fly", ""),
      HasSubstr("Failed to invoke 'Fly' due to an error on the server. HubException: Method "
                "does not exist."));
  EXPECT_THAT(Call("blue alice viewer", "Groups", "1"),
              HasSubstr(R"("error":"Failed to invoke 'Groups' due to an error on the server.")"));
  EXPECT_THAT(Call("blue alice viewer", "StreamEvents", "{}"),
              HasSubstr("the streaming 'StreamEvents' method with a non-streaming invocation."));
}

TEST_F(MethodsTest, WithoutAnInvocationIdNothingIsAnswered) {
  HubClient client(*this);
  client.Greeting();
  client.Send(R"({"type":1,"target":"Fly","arguments":[]})");
  EXPECT_THAT(client.Call("Groups", ""), HasSubstr("tenant::blue"));
  EXPECT_TRUE(client.others.empty());
}

}  // namespace
}  // namespace notify::agent::ingress::signalr
