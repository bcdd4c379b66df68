#include "agent/ingress/signalr/invocation_gate.hpp"

#include <gmock/gmock.h>

#include "agent/telemetry/exposition.hpp"
#include "tests/unit/agent/ingress/live/live_world.hpp"

namespace notify::agent::ingress::signalr {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kEvent = R"({"type":"order.created"})";
constexpr const char* kForAll = R"("counter",1)";

HubRules With(HubMethod method, MethodPolicy policy) {
  HubRules rules;
  rules.methods.at(static_cast<std::size_t>(method)) = policy;
  return rules;
}

class InvocationGateTest : public testing::Test {
 protected:
  /// The agent with these rules; before it is asked for anything.
  void Begin(HubRules rules) { world_.emplace(1, std::move(rules)); }
  HubClient Come(const std::string& who) {
    HubClient client(*world_, who);
    greeting_ = client.Greeting();
    return client;
  }
  /// What a new connection of `who` is answered.
  std::string Call(const std::string& who, const std::string& method,
                   const std::string& arguments) {
    return Come(who).Call(method, arguments);
  }
  std::size_t Refusals(const std::string& target, const std::string& code) {
    std::size_t count = 0;
    for (const auto& [tenant, entry] : world_->audit_.tenants) {
      if (entry.action == "hub.invoke" && entry.target == target && entry.code == code) {
        count += static_cast<std::size_t>(entry.times);
      }
    }
    return count;
  }

  std::optional<LiveWorld> world_;
  std::string greeting_;
};

TEST_F(InvocationGateTest, APolicyTakesAMethodFromARole) {
  Begin(With(HubMethod::kBroadcast, {.roles = Role::kTenantAdmin}));
  EXPECT_THAT(Call("blue shop publisher", "Broadcast", kForAll),
              HasSubstr("HubException: forbidden: hub.methods takes from the role of this "
                        "connection Broadcast."));
  EXPECT_THAT(greeting_, AllOf(HasSubstr("\"SendToUser\""), Not(HasSubstr("\"Broadcast\""))));
  EXPECT_EQ(Refusals("Broadcast", "forbidden"), 1U);
  EXPECT_THAT(Call("blue boss tenant-admin", "Broadcast", kForAll), HasSubstr("\"delivered\""));
  EXPECT_THAT(greeting_, HasSubstr("\"Broadcast\""));
}

TEST_F(InvocationGateTest, APolicyGivesNobodyWhatTheRoleDoesNotHave) {
  Begin(With(HubMethod::kPublish, {.roles = Role::kSubscriber}));
  EXPECT_THAT(Call("blue alice subscriber", "Publish", kEvent),
              HasSubstr("HubException: forbidden: The role of this connection does not allow "));
  EXPECT_THAT(greeting_, Not(HasSubstr("\"Publish\"")));
}

TEST_F(InvocationGateTest, AMethodThatIsSwitchedOffIsOffForAll) {
  Begin(With(HubMethod::kGroups, {.enabled = false}));
  EXPECT_THAT(Call("blue boss tenant-admin", "groups", ""),
              HasSubstr("HubException: feature_disabled: hub.methods switches off Groups."));
  EXPECT_THAT(greeting_, Not(HasSubstr("\"Groups\"")));
  EXPECT_EQ(Refusals("Groups", "feature_disabled"), 1U);
}

TEST_F(InvocationGateTest, StreamEventsNeedsTheRoleAndThePolicyLikeAnyOther) {
  Begin(With(HubMethod::kStreamEvents, {.roles = Role::kViewer}));
  const auto stream = [this](const std::string& who) {
    HubClient client = Come(who);
    client.Send(R"({"type":4,"invocationId":"s","target":"StreamEvents","arguments":[{}]})");
    return client.Next(100ms);
  };
  EXPECT_THAT(stream("blue shop publisher"), HasSubstr("forbidden: The role of this connection"));
  EXPECT_THAT(stream("blue alice subscriber"), HasSubstr("forbidden: hub.methods takes from"));
  EXPECT_THAT(greeting_, Not(HasSubstr("StreamEvents")));
  EXPECT_EQ(stream("blue vera viewer"), "");
}

TEST_F(InvocationGateTest, ATenantTakesAwayMoreAndTheOthersDoNotNotice) {
  Begin({});
  world_->settings_.methods = {{HubMethod::kPublish, {.enabled = false}}};
  EXPECT_THAT(Call("blue shop publisher", "Publish", kEvent), HasSubstr("feature_disabled: "));
  world_->settings_.methods.clear();
  EXPECT_THAT(Call("green shop publisher", "Publish", kEvent), HasSubstr("\"sequence\":1"));
}

TEST_F(InvocationGateTest, AChangeOfTheTenantIsInForceForWhoIsConnected) {
  Begin({});
  HubClient shop = Come("blue shop publisher");
  EXPECT_THAT(shop.Call("Publish", kEvent), HasSubstr("\"sequence\":1"));
  TenantRecord record;
  record.id = TenantId::Parse("blue").value();
  record.epoch = Epoch{1000};
  record.settings.methods = {{HubMethod::kPublish, {.enabled = false}}};
  world_->runtime_.Run(world_->hub_.Refresh(testing_support::TenantHandleOf(std::move(record))));
  EXPECT_THAT(shop.Call("Publish", kEvent), HasSubstr("feature_disabled: "));
}

TEST_F(InvocationGateTest, AConnectionCallsAsOftenAsItMayWhateverItCalls) {
  Begin({.per_connection = {Pace{2, 1s}, {}}});
  HubClient alice = Come("blue alice viewer");
  EXPECT_THAT(alice.Call("Groups", ""), HasSubstr("tenant::blue"));
  EXPECT_THAT(alice.Call("Fly", ""), HasSubstr("Method does not exist"));
  EXPECT_THAT(alice.Call("Groups", ""),
              HasSubstr("HubException: rate_limited: This connection makes more calls than it "
                        "may, 2/1s: try again in "));
  alice.Send(R"({"type":4,"invocationId":"s","target":"StreamEvents","arguments":[{}]})");
  EXPECT_THAT(alice.Next(), HasSubstr("rate_limited"));
  world_->runtime_.RunFor(500ms);
  EXPECT_THAT(alice.Call("Groups", ""), HasSubstr("tenant::blue"));
  EXPECT_THAT(Call("blue alice viewer", "Groups", ""), HasSubstr("tenant::blue"))
      << "another connection";
}

TEST_F(InvocationGateTest, AUserCallsAsOftenAsItMayOnAllConnectionsTogether) {
  Begin({.per_user = {Pace{2, 1min}, {}}});
  EXPECT_THAT(Call("blue alice viewer", "Groups", ""), HasSubstr("tenant::blue"));
  EXPECT_THAT(Call("blue alice viewer", "Groups", ""), HasSubstr("tenant::blue"));
  EXPECT_THAT(
      Call("blue alice viewer", "Groups", ""),
      HasSubstr("rate_limited: This user makes more calls than it may, 2/1m: try again in "));
  EXPECT_THAT(Call("blue bob viewer", "Groups", ""), HasSubstr("tenant::blue"));
  EXPECT_THAT(Call("green alice viewer", "Groups", ""), HasSubstr("tenant::green"));
}

TEST_F(InvocationGateTest, TheRateOfAMethodLeavesTheOthersAlone) {
  Begin(With(HubMethod::kBroadcast, {.per_connection = {Pace{1, 1s}, {}}}));
  HubClient shop = Come("blue shop publisher");
  EXPECT_THAT(shop.Call("Broadcast", kForAll), HasSubstr("delivered"));
  EXPECT_THAT(shop.Call("Broadcast", kForAll),
              HasSubstr("rate_limited: This connection calls it more often than it may, 1/1s: "));
  EXPECT_THAT(shop.Call("SendToUser", R"("bob","counter",1)"), HasSubstr("delivered"));
}

TEST_F(InvocationGateTest, TheRateOfAMethodCountsForAUserOnAllConnections) {
  Begin(With(HubMethod::kBroadcast, {.per_user = {Pace{1, 1min}, {}}}));
  EXPECT_THAT(Call("blue shop publisher", "Broadcast", kForAll), HasSubstr("delivered"));
  EXPECT_THAT(Call("blue shop publisher", "Broadcast", kForAll),
              HasSubstr("rate_limited: This user calls it more often than it may, 1/1m: "));
  EXPECT_THAT(Call("blue shop publisher", "Groups", ""), HasSubstr("tenant::blue"));
}

TEST_F(InvocationGateTest, AFloodIsAuditedOnceASecondWithACount) {
  Begin({.per_connection = {Pace{1, 10s}, {}}});
  {
    HubClient alice = Come("blue alice viewer");
    for (int i = 0; i < 100; ++i) alice.Call("Groups", "");
    EXPECT_LE(world_->audit_.tenants.size(), 3U);
    EXPECT_GE(Refusals("calls", "rate_limited"), 1U);
    alice.Send(R"({"type":7})");
    alice.SendRaw(websocket::Opcode::kClose, "");
    alice.peer().ReadsTheEnd(2s);
  }
  EXPECT_EQ(Refusals("calls", "rate_limited"), 99U);
  EXPECT_LE(world_->audit_.tenants.size(), 4U);
}

TEST_F(InvocationGateTest, NamesThatAClientMakesUpDoNotFillTheAudit) {
  Begin({.per_connection = {Pace{1, 10s}, {}}});
  HubClient alice = Come("blue alice viewer");
  for (int i = 0; i < 50; ++i) alice.Call("Fly" + std::to_string(i), "");
  for (const auto& [tenant, entry] : world_->audit_.tenants) EXPECT_EQ(entry.target, "calls");
  EXPECT_LE(world_->audit_.tenants.size(), 3U);
}

TEST_F(InvocationGateTest, WhatWasGrantedIsAuditedWhereThatIsAskedFor) {
  Begin({.audit_all = true});
  HubClient shop = Come("blue shop publisher");
  shop.Call("Groups", "");
  shop.Call("Broadcast", R"("connected",1)");
  ASSERT_EQ(world_->audit_.tenants.size(), 2U);
  const AuditEntry& granted = world_->audit_.tenants[0].second;
  EXPECT_EQ(granted.action, "hub.invoke");
  EXPECT_EQ(granted.target, "Groups");
  EXPECT_EQ(granted.result, "granted");
  EXPECT_EQ(granted.actor, "user:shop");
  EXPECT_TRUE(granted.counted);
  EXPECT_EQ(world_->audit_.tenants[1].second.code, "invalid_argument");
}

TEST_F(InvocationGateTest, WithoutThatOnlyRefusalsAre) {
  Begin({});
  Call("blue shop publisher", "Groups", "");
  EXPECT_TRUE(world_->audit_.tenants.empty());
}

TEST_F(InvocationGateTest, EachCallIsCountedByWhatBecameOfIt) {
  Begin({.per_connection = {Pace{4, 10s}, {}}});
  HubClient alice = Come("blue alice subscriber");
  alice.Call("Groups", "");
  alice.Call("Subscribe", "{}");
  alice.Call("Publish", kEvent);
  alice.Call("Fly", "");
  alice.Call("Groups", "");
  const std::string page = telemetry::Exposition(world_->metrics_, std::nullopt);
  for (const char* series :
       {"Groups\",result=\"done", "Subscribe\",result=\"failed", "Publish\",result=\"refused",
        "unknown\",result=\"failed", "Groups\",result=\"limited"}) {
    EXPECT_THAT(page, HasSubstr("notify_hub_invocations_total{tenant=\"blue\",method=\"" +
                                std::string(series) + "\"} 1\n"));
  }
}

}  // namespace
}  // namespace notify::agent::ingress::signalr
