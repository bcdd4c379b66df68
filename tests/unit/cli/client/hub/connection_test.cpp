#include "cli/client/hub/connection.hpp"

#include <gtest/gtest.h>

#include "tests/unit/cli/client/hub/scripted_server.hpp"

namespace notify::cli::client {
namespace {

using namespace std::chrono_literals;

class ConnectionTest : public ::testing::Test {
 protected:
  ConnectionTest() {
    settings_.url = HubUrl::Parse("http://hub.test/chat").value();
    settings_.caller.limit = 5s;
    settings_.protocol = MakeHubProtocol("json").value();
  }

  void Open() { connection_ = HubConnection::Open(settings_, server_.means).value(); }

  template <typename Event>
  Event Next() {
    auto event = connection_->Next(1s, -1);
    if (event && std::holds_alternative<Event>(*event)) return std::get<Event>(std::move(*event));
    ADD_FAILURE() << (event ? "another event: " + std::to_string(event->index())
                            : event.error().detail);
    return {};
  }

  Error NextError(std::chrono::milliseconds limit = 1s) {
    auto event = connection_->Next(limit, -1);
    if (!event) return event.error();
    ADD_FAILURE() << "an event: " << event->index();
    return {};
  }

  static std::string Done(std::string_view id, std::string_view rest) {
    return R"({"type":3,"invocationId":")" + std::string(id) + "\"" + std::string(rest) + "}";
  }

  testing_support::ScriptedServer server_;
  HubSettings settings_;
  std::unique_ptr<HubConnection> connection_;
};

class HubConnectionTest : public ConnectionTest {
 protected:
  HubConnectionTest() { server_.Negotiates(); }
};

TEST_F(HubConnectionTest, AnInvocationIsAnsweredByItsResult) {
  auto& hub = server_.Hub().Says(Done("1", R"(,"result":{"a":1})"));
  Open();
  EXPECT_EQ(connection_->Invoke({.method = "Add", .arguments = {"1", "\"x\""}}, -1).value(),
            R"({"a":1})");
  EXPECT_TRUE(hub.script.received.ends_with(
      R"({"type":1,"invocationId":"1","target":"Add","arguments":[1,"x"]})"
      "\x1e"))
      << hub.script.received;
}

TEST_F(HubConnectionTest, AnInvocationWithoutAResultHasNone) {
  server_.Hub().Says(Done("1", ""));
  Open();
  EXPECT_EQ(connection_->Invoke({.method = "Void"}, -1).value(), std::nullopt);
}

TEST_F(HubConnectionTest, OurErrorsHaveTheirCodeAndThoseOfOtherServersTheirText) {
  server_.Hub()
      .Says(Done("1", R"(,"error":"forbidden: Not your group.")"))
      .Says(Done("2", R"(,"error":"Unknown hub method 'X'")"));
  Open();
  const auto ours = connection_->Invoke({.method = "X"}, -1).error();
  EXPECT_EQ(ours.code, Errc::kForbidden);
  EXPECT_EQ(ours.detail, "Not your group.");
  const auto theirs = connection_->Invoke({.method = "X"}, -1).error();
  EXPECT_EQ(theirs.code, Errc::kInternal);
  EXPECT_EQ(theirs.detail, "The hub refused: Unknown hub method 'X'");
}

TEST_F(HubConnectionTest, ACallThatComesDuringAnInvocationIsKept) {
  server_.Hub()
      .Says(R"({"type":1,"target":"connected","arguments":[{"user":"a"},2]})")
      .Says(Done("1", ""));
  Open();
  ASSERT_TRUE(connection_->Invoke({.method = "X"}, -1));
  const auto call = Next<HubCall>();
  EXPECT_EQ(call.method, "connected");
  EXPECT_EQ(call.arguments, (std::vector<std::string>{R"({"user":"a"})", "2"}));
}

TEST_F(HubConnectionTest, AnInvocationThatIsNotAnsweredTimesOut) {
  server_.Hub();
  Open();
  EXPECT_EQ(connection_->Invoke({.method = "Slow"}, -1).error().code, Errc::kTimeout);
}

TEST_F(HubConnectionTest, AClientResultIsSentWhereThereIsOne) {
  settings_.answers["GetName"] = "\"bob\"";
  auto& hub =
      server_.Hub().Says(R"({"type":1,"invocationId":"s1","target":"getname","arguments":[]})");
  Open();
  EXPECT_TRUE(Next<HubCall>().wants_result);
  EXPECT_TRUE(
      hub.script.received.ends_with("{\"type\":3,\"invocationId\":\"s1\",\"result\":\"bob\"}\x1e"))
      << hub.script.received;
}

TEST_F(HubConnectionTest, AClientResultThatIsNotThereIsAnErrorInTheStockClientsWords) {
  auto& hub = server_.Hub().Says(R"({"type":1,"invocationId":"s1","target":"ask","arguments":[]})");
  Open();
  Next<HubCall>();
  EXPECT_NE(hub.script.received.find(R"("error":"Client didn't provide a result.")"),
            std::string::npos);
}

TEST_F(HubConnectionTest, AStreamGivesItsItemsAndItsEnd) {
  auto& hub = server_.Hub()
                  .Says(R"({"type":2,"invocationId":"1","item":1})")
                  .Says(R"({"type":2,"invocationId":"9","item":"not ours"})")
                  .Says(R"({"type":2,"invocationId":"1","item":{"b":2}})")
                  .Says(Done("1", R"(,"error":"An error occurred.")"));
  Open();
  ASSERT_TRUE(connection_->Begin({.method = "Count", .arguments = {"2"}, .stream = true}));
  EXPECT_NE(hub.script.received.find(R"({"type":4,"invocationId":"1","target":"Count")"),
            std::string::npos);
  EXPECT_EQ(Next<HubItem>().item, "1");
  EXPECT_EQ(Next<HubItem>().item, R"({"b":2})");
  EXPECT_FALSE(Next<HubDone>().outcome);
}

TEST_F(HubConnectionTest, ACancelledStreamStillEndsByItsCompletion) {
  auto& hub = server_.Hub().Says(Done("1", ""));
  Open();
  const auto begun = connection_->Begin({.method = "Forever", .stream = true}).value();
  ASSERT_TRUE(connection_->Cancel(begun.id));
  EXPECT_TRUE(hub.script.received.ends_with("{\"type\":5,\"invocationId\":\"1\"}\x1e"));
  EXPECT_TRUE(Next<HubDone>().outcome);
}

TEST_F(HubConnectionTest, AnUploadIsItemsAndACompletionUnderAnIdOfItsOwn) {
  auto& hub = server_.Hub();
  Open();
  const auto begun = connection_->Begin({.method = "Sum", .uploads = 1}).value();
  ASSERT_EQ(begun.uploads, std::vector<std::string>{"2"});
  ASSERT_TRUE(connection_->SendItem("2", "7", -1));
  ASSERT_TRUE(connection_->EndUpload("2"));
  EXPECT_NE(hub.script.received.find(R"("arguments":[],"streamIds":["2"]})"), std::string::npos)
      << hub.script.received;
  EXPECT_TRUE(
      hub.script.received.ends_with("{\"type\":2,\"invocationId\":\"2\",\"item\":7}\x1e"
                                    "{\"type\":3,\"invocationId\":\"2\"}\x1e"));
}

TEST_F(HubConnectionTest, ALostConnectionIsMadeAgainAtOnceAndWhatWaitedHasFailed) {
  server_.Hub().ThenEnds();
  server_.Negotiates();
  server_.Hub().Says(R"({"type":1,"target":"again","arguments":[]})");
  Open();
  ASSERT_TRUE(connection_->Begin({.method = "Slow"}));
  EXPECT_FALSE(Next<HubLost>().why.empty());
  EXPECT_EQ(Next<HubDone>().outcome.error().code, Errc::kAgentUnreachable);
  EXPECT_EQ(Next<HubReconnected>().connection_id, "public");
  EXPECT_EQ(Next<HubCall>().method, "again");
  EXPECT_TRUE(server_.waits.empty());
}

TEST_F(HubConnectionTest, WaitsLongerEachTimeAndGivesUp) {
  server_.Hub().ThenEnds();
  Open();
  Next<HubLost>();
  const auto ended = NextError(60s);
  EXPECT_EQ(ended.code, Errc::kAgentUnreachable);
  EXPECT_NE(ended.detail.find("could not be made again"), std::string::npos);
  EXPECT_EQ(server_.waits, (std::vector<std::chrono::milliseconds>{2s, 10s, 30s}));
  EXPECT_EQ(NextError().detail, ended.detail);
}

TEST_F(HubConnectionTest, AWaitForTheNextAttemptEndsWithTheCallersLimit) {
  server_.Hub().ThenEnds();
  Open();
  Next<HubLost>();
  EXPECT_EQ(NextError(500ms).code, Errc::kTimeout);
  EXPECT_EQ(server_.waits, std::vector<std::chrono::milliseconds>{500ms});
}

TEST_F(HubConnectionTest, AnInterruptEndsTheWaitForTheNextAttempt) {
  server_.Hub().ThenEnds();
  server_.interrupt_waits = true;
  Open();
  Next<HubLost>();
  EXPECT_EQ(NextError().code, Errc::kInterrupted);
}

TEST_F(HubConnectionTest, NeverToReconnectEndsWithTheLoss) {
  settings_.reconnect = ReconnectPolicy(ReconnectPolicy::Kind::kNever);
  server_.Hub().ThenEnds();
  Open();
  ASSERT_TRUE(connection_->Begin({.method = "Slow"}));
  EXPECT_FALSE(Next<HubDone>().outcome);
  EXPECT_EQ(NextError().code, Errc::kAgentUnreachable);
}

TEST_F(HubConnectionTest, ACloseEndsItWithTheServersErrorAndWithoutReconnect) {
  server_.Hub().Says(R"({"type":7,"error":"Go away."})");
  Open();
  EXPECT_EQ(Next<HubClosed>().error, "Go away.");
  EXPECT_NE(NextError().detail.find("Go away."), std::string::npos);
  EXPECT_EQ(server_.dialled.size(), 2U);
}

TEST_F(HubConnectionTest, WhatCameBeforeACloseStillCounts) {
  server_.Hub().script.Frame(0x1,
                             "{\"type\":1,\"target\":\"a\",\"arguments\":[]}\x1e{\"type\":7}\x1e"
                             "{\"type\":1,\"target\":\"behind\",\"arguments\":[]}\x1e");
  Open();
  EXPECT_EQ(Next<HubCall>().method, "a");
  Next<HubClosed>();
  EXPECT_EQ(NextError().code, Errc::kAgentUnreachable);
}

TEST_F(HubConnectionTest, ACloseThatAllowsItIsFollowedByANewConnection) {
  server_.Hub().Says(R"({"type":7,"error":"draining","allowReconnect":true})");
  server_.Negotiates();
  server_.Hub();
  Open();
  EXPECT_NE(Next<HubLost>().why.find("draining"), std::string::npos);
  Next<HubReconnected>();
}

TEST_F(HubConnectionTest, NothingCanBeSentWhileThereIsNoConnection) {
  server_.Hub().ThenEnds();
  Open();
  Next<HubLost>();
  EXPECT_EQ(connection_->Begin({.method = "X"}).error().code, Errc::kUnavailable);
}

class StatefulConnectionTest : public ConnectionTest {
 protected:
  StatefulConnectionTest() {
    settings_.stateful = true;
    server_.Negotiates(R"("useStatefulReconnect":true,)");
  }

  testing_support::Peer& Resumed() {
    auto& peer = server_.Hub();
    peer.script.sends.clear();
    return peer;
  }
};

TEST_F(StatefulConnectionTest, AnInvocationIsAnsweredOverALoss) {
  server_.Hub().ThenEnds();
  auto& again = Resumed().Says(R"({"type":9,"sequenceId":1})").Says(Done("1", R"(,"result":7)"));
  Open();
  EXPECT_EQ(connection_->Invoke({.method = "Slow"}, -1).value(), "7");
  EXPECT_TRUE(again.script.received.starts_with("{\"type\":9,\"sequenceId\":1}\x1e{\"type\":1,"));
}

TEST_F(StatefulConnectionTest, AnUploadWaitsForAnAckWhenTooMuchIsUnderWay) {
  server_.Hub()
      .Says(R"({"type":8,"sequenceId":2})")
      .Says(R"({"type":1,"target":"later","arguments":[]})");
  Open();
  const auto begun = connection_->Begin({.method = "Sum", .uploads = 1}).value();
  const std::string large = "\"" + std::string(100'000, 'x') + "\"";
  ASSERT_TRUE(connection_->SendItem(begun.uploads.front(), large, -1));
  EXPECT_FALSE(connection_->session()->full());
  EXPECT_EQ(Next<HubCall>().method, "later");
}

TEST_F(StatefulConnectionTest, ARefusedResumptionFallsBackToANewConnection) {
  server_.Hub().ThenEnds();
  server_.Hub().script.status = 404;
  server_.Negotiates();
  server_.Hub();
  Open();
  Next<HubLost>();
  Next<HubReconnected>();
  EXPECT_FALSE(connection_->session()->stateful());
}

TEST_F(StatefulConnectionTest, AfterACloseNoResumptionIsTried) {
  server_.Hub().Says(R"({"type":7})").ThenEnds();
  Open();
  EXPECT_EQ(Next<HubClosed>().error, std::nullopt);
  EXPECT_EQ(server_.dialled.size(), 2U);
}

}  // namespace
}  // namespace notify::cli::client
