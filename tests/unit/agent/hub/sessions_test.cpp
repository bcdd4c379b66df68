#include "agent/hub/sessions.hpp"

#include <gmock/gmock.h>

#include "tests/unit/agent/hub/hub_world.hpp"

namespace notify::agent::hub {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class SessionsTest : public testing::Test, public HubWorld {
 protected:
  static std::string SessionOf(const Listener& listener) {
    return listener.client->session.id.text();
  }
  Resumed Resume(Listener& listener, const std::string& session) {
    Resumed resumed = runtime_.Run(hub_.Resume(0, listener.client, session)).value();
    runtime_.RunUntilIdle();
    return resumed;
  }
  /// All that was given to the client has arrived, and the session has looked twice.
  void Arrive(Listener& listener) {
    listener.taken = listener.given;
    runtime_.RunFor(2100ms);
  }
  void CommitOrders(int count) {
    for (int i = 0; i < count; ++i) Commit({{.type = "order.placed"}});
  }
};

TEST_F(SessionsTest, EachConnectionHasASecretOfItsOwn) {
  const std::string one = SessionOf(Connect());
  EXPECT_THAT(one, SizeIs(22));
  EXPECT_NE(one, SessionOf(Connect()));
}

TEST_F(SessionsTest, ASubscriptionComesBackUnderItsIdAndGoesOnWithWhatDidNotArrive) {
  Listener& before = Connect();
  const auto begun = Subscribe(before, Types({"order.*"}));
  CommitOrders(2);
  Arrive(before);
  CommitOrders(1);  // Sent, and not known to have arrived.
  Leave(before);
  CommitOrders(1);  // Not sent.
  Listener& after = Connect();
  const Resumed resumed = Resume(after, SessionOf(before));
  ASSERT_TRUE(resumed.resumed);
  ASSERT_THAT(resumed.subscriptions, SizeIs(1));
  EXPECT_EQ(resumed.subscriptions[0].subscription.id, begun->id);
  EXPECT_EQ(resumed.subscriptions[0].subscription.after.sequence.value, 2U);
  EXPECT_THAT(after.got, ElementsAre(3, 4));
  CommitOrders(1);
  EXPECT_THAT(after.got, ElementsAre(3, 4, 5));
}

TEST_F(SessionsTest, WhatMayHaveBeenSentBeforeSaysSo) {
  Listener& before = Connect();
  ASSERT_TRUE(Subscribe(before, Types({"order.*"})));
  CommitOrders(1);
  Leave(before);
  Listener& after = Connect();
  CommitOrders(1);
  ASSERT_TRUE(Resume(after, SessionOf(before)).resumed);
  CommitOrders(1);
  ASSERT_THAT(after.arguments, SizeIs(3));
  EXPECT_THAT(after.arguments[0], HasSubstr(R"("redelivered":true)"));
  EXPECT_THAT(after.arguments[2], Not(HasSubstr("redelivered")));
}

TEST_F(SessionsTest, WhatIsBroadcastComesAgainToo) {
  Listener& before = Connect();
  Leave(before);
  Commit({{.type = "fx.quote.created"}});
  Listener& after = Connect();
  ASSERT_TRUE(Resume(after, SessionOf(before)).resumed);
  EXPECT_THAT(after.got, ElementsAre(1));
}

TEST_F(SessionsTest, WhoLeftItsTenantsGroupIsOutsideItAgain) {
  Listener& before = Connect();
  hub_.shard(0).SetInTenantGroup(before.client, false);
  Leave(before);
  Listener& after = Connect();
  ASSERT_TRUE(Resume(after, SessionOf(before)).resumed);
  Commit({{.type = "fx.quote.created"}});
  EXPECT_THAT(after.got, IsEmpty());
}

TEST_F(SessionsTest, AConnectionThatIsStillThereGivesItsSessionUp) {
  Listener& half_open = Connect();
  ASSERT_TRUE(Subscribe(half_open, Types({"order.*"})));
  Listener& after = Connect({.io = 1});
  const Resumed resumed = runtime_.Run(hub_.Resume(1, after.client, SessionOf(half_open))).value();
  EXPECT_THAT(resumed.subscriptions, SizeIs(1));
  ASSERT_TRUE(half_open.closed);
  EXPECT_FALSE(half_open.closed->allow_reconnect);
}

TEST_F(SessionsTest, AnothersSessionIsNotGivenAndNotLost) {
  Listener& alice = Connect();
  ASSERT_TRUE(Subscribe(alice, Types({"order.*"})));
  Leave(alice);
  EXPECT_FALSE(Resume(Connect({.user = "mallory"}), SessionOf(alice)).resumed);
  EXPECT_FALSE(Resume(Connect({.tenant = "green"}), SessionOf(alice)).resumed);
  EXPECT_THAT(Resume(Connect(), SessionOf(alice)).subscriptions, SizeIs(1));
}

TEST_F(SessionsTest, WhoResumedASessionHasItUnderBothNames) {
  Listener& first = Connect();
  ASSERT_TRUE(Subscribe(first, Types({"order.*"})));
  Leave(first);
  Listener& second = Connect();
  ASSERT_TRUE(Resume(second, SessionOf(first)).resumed);
  Leave(second);
  // The answer to the second may have been lost, so that its client asks under the first name.
  EXPECT_THAT(Resume(Connect(), SessionOf(first)).subscriptions, SizeIs(1));
}

TEST_F(SessionsTest, WhatAnyConnectionOfASessionMayHaveSentSaysSo) {
  Listener& first = Connect();
  ASSERT_TRUE(Subscribe(first, Types({"order.*"})));
  CommitOrders(5);
  Leave(first);
  Listener& second = Connect();
  second.room = 1;  // It is lost before it has caught up.
  ASSERT_TRUE(Resume(second, SessionOf(first)).resumed);
  Leave(second);
  Listener& third = Connect();
  ASSERT_TRUE(Resume(third, SessionOf(second)).resumed);
  ASSERT_THAT(third.arguments, SizeIs(5));
  EXPECT_THAT(third.arguments, Each(HasSubstr(R"("redelivered":true)")));
}

TEST_F(SessionsTest, AConnectionThatIsLostWhileItResumesLeavesTheSessionWhereItWas) {
  Listener& first = Connect();
  ASSERT_TRUE(Subscribe(first, Types({"order.*"})));
  Leave(first);
  Listener& second = Connect();
  auto resuming = hub_.Resume(0, second.client, SessionOf(first));
  hub_.shard(0).Leave(second.client);
  EXPECT_FALSE(runtime_.Run(std::move(resuming))->resumed);
  EXPECT_THAT(Resume(Connect(), SessionOf(first)).subscriptions, SizeIs(1));
}

TEST_F(SessionsTest, ItIsKeptUnderBothNamesBeforeTheAnswer) {
  Listener& first = Connect();
  ASSERT_TRUE(Subscribe(first, Types({"order.*"})));
  Leave(first);
  Listener& second = Connect();
  ASSERT_TRUE(runtime_.Run(hub_.Resume(0, second.client, SessionOf(first)))->resumed);
  EXPECT_TRUE(sessions_.sessions.at(SessionOf(first)).open);
  EXPECT_THAT(sessions_.sessions.at(SessionOf(second)).state, HasSubstr("order.*"));
}

TEST_F(SessionsTest, AConnectionDoesNotTakeItsOwnSession) {
  Listener& alice = Connect();
  EXPECT_FALSE(Resume(alice, SessionOf(alice)).resumed);
  EXPECT_FALSE(alice.closed);
}

TEST_F(SessionsTest, AfterFiveMinutesItIsGone) {
  Listener& before = Connect();
  Leave(before);
  runtime_.RunFor(301s);
  sessions_.sessions.clear();  // The keeper has an end of its own.
  EXPECT_FALSE(Resume(Connect(), SessionOf(before)).resumed);
}

TEST_F(SessionsTest, TheKeeperHasEverySessionWithinASecond) {
  Listener& alice = Connect();
  ASSERT_TRUE(Subscribe(alice, Types({"order.*"})));
  runtime_.RunFor(2100ms);
  ASSERT_TRUE(sessions_.sessions.contains(SessionOf(alice)));
  const SessionChange& kept = sessions_.sessions.at(SessionOf(alice));
  EXPECT_TRUE(kept.open && kept.follows);
  EXPECT_THAT(kept.state, HasSubstr("order.*"));
}

TEST_F(SessionsTest, WhoeverFollowsTheLiveFlowCostsNoRowOfItsOwn) {
  std::vector<Listener*> listeners;
  for (int i = 0; i < 20; ++i) listeners.push_back(&Connect());
  runtime_.RunFor(2100ms);
  const SessionChange before = sessions_.sessions.at(SessionOf(*listeners[0]));
  Commit({{.type = "fx.quote.created"}});
  for (Listener* each : listeners) each->taken = each->given;
  runtime_.RunFor(3100ms);
  EXPECT_EQ(sessions_.sessions.at(SessionOf(*listeners[0])).state, before.state);
  EXPECT_EQ((sessions_.arrived[{"blue", 0}].sequence.value), 1U);
}

TEST_F(SessionsTest, WhoDoesNotTakeItsEventsFollowsNoMore) {
  Listener& slow = Connect();
  runtime_.RunFor(2100ms);
  Commit({{.type = "fx.quote.created"}});
  runtime_.RunFor(3100ms);
  EXPECT_FALSE(sessions_.sessions.at(SessionOf(slow)).follows);
  Arrive(slow);
  runtime_.RunFor(1100ms);
  EXPECT_TRUE(sessions_.sessions.at(SessionOf(slow)).follows);
}

TEST_F(SessionsTest, ASessionOfAnAgentThatWasKilledGoesOnWhereItWasKept) {
  Listener& before = Connect();
  ASSERT_TRUE(Subscribe(before, Types({"order.*"})));
  CommitOrders(2);
  Arrive(before);
  const auto kept = sessions_.sessions;
  const std::string session = SessionOf(before);
  CommitOrders(1);
  // As the next agent finds it: nothing in memory, what the last second brought is not kept.
  before.client->session.id = {};
  Leave(before);
  sessions_.sessions = kept;
  sessions_.sessions.at(session).open = false;
  Listener& after = Connect();
  const Resumed resumed = Resume(after, session);
  ASSERT_TRUE(resumed.resumed);
  EXPECT_THAT(after.got, ElementsAre(3));
  EXPECT_THAT(after.arguments, Each(HasSubstr(R"("redelivered":true)")));
}

TEST_F(SessionsTest, WhatCouldNotBeKeptIsKeptOnceTheDiskWorksAgain) {
  sessions_.broken = true;
  Listener& alice = Connect();
  ASSERT_TRUE(Subscribe(alice, Types({"order.*"})));
  CommitOrders(1);
  Arrive(alice);
  EXPECT_THAT(sessions_.sessions, IsEmpty());
  sessions_.broken = false;
  runtime_.RunFor(1100ms);
  ASSERT_TRUE(sessions_.sessions.contains(SessionOf(alice)));
  EXPECT_THAT(sessions_.sessions.at(SessionOf(alice)).state, HasSubstr("order.*"));
  EXPECT_EQ((sessions_.arrived[{"blue", 0}].sequence.value), 1U);
}

TEST_F(SessionsTest, TheNewestOfWhatCouldNotBeKeptCounts) {
  sessions_.broken = true;
  Listener& alice = Connect();
  runtime_.RunFor(1100ms);
  ASSERT_TRUE(Subscribe(alice, Types({"order.*"})));
  Leave(alice);
  runtime_.RunFor(1100ms);
  sessions_.broken = false;
  runtime_.RunFor(1100ms);
  EXPECT_FALSE(sessions_.sessions.at(SessionOf(alice)).open);
  EXPECT_THAT(sessions_.sessions.at(SessionOf(alice)).state, HasSubstr("order.*"));
}

TEST_F(SessionsTest, WhereNobodyKnowsWhetherThereIsASessionTheAnswerIsNotThatThereIsNone) {
  sessions_.broken = true;
  Listener& alice = Connect();
  const auto resumed = runtime_.Run(hub_.Resume(0, alice.client, "of an agent before"));
  ASSERT_FALSE(resumed);
  EXPECT_EQ(resumed.error().code, Errc::kUnavailable);
}

TEST(SessionText, IsReadAsItWasWritten) {
  SessionState state;
  state.in_tenant_group = false;
  state.reach = {{Epoch{7}, Sequence{1}}, std::nullopt};
  state.subscriptions.push_back(
      {"id", {{"a.b", "c.*"}, {"t"}, {}, {}}, "name", {{Epoch{7}, Sequence{3}}, Position{}}});
  const auto read = ReadSession(SessionText(state));
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->in_tenant_group);
  EXPECT_EQ(read->reach.arrived, state.reach.arrived);
  EXPECT_FALSE(read->reach.sent);
  ASSERT_THAT(read->subscriptions, SizeIs(1));
  EXPECT_EQ(read->subscriptions[0].filter, state.subscriptions[0].filter);
  EXPECT_EQ(read->subscriptions[0].name, "name");
  EXPECT_EQ(read->subscriptions[0].reach.sent, Position{});
  EXPECT_FALSE(ReadSession("{}"));
}

}  // namespace
}  // namespace notify::agent::hub
