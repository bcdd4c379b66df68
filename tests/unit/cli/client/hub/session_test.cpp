#include "cli/client/hub/session.hpp"

#include <gtest/gtest.h>

#include "tests/unit/cli/client/hub/scripted_server.hpp"

namespace notify::cli::client {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kPing = "{\"type\":6}\x1e";

class HubSessionTest : public ::testing::Test {
 protected:
  HubSessionTest() {
    settings_.url = HubUrl::Parse("http://hub.test/chat").value();
    settings_.caller.limit = 1s;
    settings_.protocol = MakeHubProtocol("json").value();
  }

  void OpenStateful() {
    settings_.stateful = true;
    server_.Negotiates(R"("useStatefulReconnect":true,)");
  }

  std::unique_ptr<HubSession> Open() { return HubSession::Open(settings_, server_.means).value(); }

  /// The methods called by what one Receive gives.
  std::vector<std::string> Calls(HubSession& session, std::chrono::milliseconds limit = 1s) {
    std::vector<std::string> methods;
    received_ = session.Receive(limit, -1, [&](const signalr::HubMessage& message) {
      const auto* call = std::get_if<signalr::Invocation>(&message);
      methods.push_back(call == nullptr ? "other" : call->target);
    });
    return methods;
  }

  static std::string Call(std::string_view method) {
    return R"({"type":1,"target":")" + std::string(method) + R"(","arguments":[]})";
  }

  static std::size_t Count(std::string_view text, std::string_view part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
      ++count;
    }
    return count;
  }

  testing_support::ScriptedServer server_;
  HubSettings settings_;
  Status received_;
};

TEST_F(HubSessionTest, ShakesHandsInVersionOne) {
  server_.Negotiates();
  const auto& hub = server_.Hub();
  EXPECT_FALSE(Open()->stateful());
  EXPECT_EQ(hub.script.received, "{\"protocol\":\"json\",\"version\":1}\x1e");
}

TEST_F(HubSessionTest, AStatefulSessionShakesHandsInVersionTwo) {
  OpenStateful();
  const auto& hub = server_.Hub();
  EXPECT_TRUE(Open()->stateful());
  EXPECT_EQ(hub.script.received, "{\"protocol\":\"json\",\"version\":2}\x1e");
}

TEST_F(HubSessionTest, ARefusedHandshakeSaysWhy) {
  server_.Negotiates();
  auto& hub = server_.Hub();
  hub.script.sends.clear();
  hub.Says(R"({"error":"The protocol 'json' is not supported."})");
  const auto refused = HubSession::Open(settings_, server_.means);
  EXPECT_EQ(refused.error().detail, "The protocol 'json' is not supported.");
}

TEST_F(HubSessionTest, AHandshakeThatNobodyAnswersTimesOut) {
  server_.Negotiates();
  server_.Hub().script.sends.clear();
  EXPECT_EQ(HubSession::Open(settings_, server_.means).error().code, Errc::kTimeout);
}

TEST_F(HubSessionTest, MessagesComeInAnyPieces) {
  server_.Negotiates();
  auto& hub = server_.Hub();
  const auto both = Call("a") + "\x1e" + Call("b") + "\x1e" + Call("c");
  hub.script.Frame(0x1, both.substr(0, 20));
  hub.script.Frame(0x2, both.substr(20));
  hub.script.Frame(0x1, "\x1e");
  auto session = Open();
  EXPECT_EQ(Calls(*session), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(Calls(*session), std::vector<std::string>{"c"});
}

TEST_F(HubSessionTest, WhatComesWithTheHandshakeIsNotLost) {
  server_.Negotiates();
  auto& hub = server_.Hub();
  hub.script.sends.clear();
  hub.script.Frame(0x1, "{}\x1e" + Call("early") + "\x1e");
  EXPECT_EQ(Calls(*Open()), std::vector<std::string>{"early"});
}

TEST_F(HubSessionTest, PingsWhenItHasSentNothingForFifteenSeconds) {
  server_.Negotiates();
  const auto& hub = server_.Hub();
  auto session = Open();
  EXPECT_TRUE(Calls(*session, 14s).empty());
  EXPECT_EQ(Count(hub.script.received, kPing), 0U);
  EXPECT_TRUE(Calls(*session, 2s).empty());
  EXPECT_EQ(received_.error().code, Errc::kTimeout);
  EXPECT_EQ(Count(hub.script.received, kPing), 1U);
}

TEST_F(HubSessionTest, AnswersThePingsOfTheWebSocket) {
  server_.Negotiates();
  auto& hub = server_.Hub();
  hub.script.Frame(0x9, "?");
  auto session = Open();
  EXPECT_TRUE(Calls(*session).empty());
  EXPECT_EQ(hub.script.pongs, 1);
}

TEST_F(HubSessionTest, AServerThatIsSilentForThirtySecondsIsLost) {
  server_.Negotiates();
  server_.Hub();
  auto session = Open();
  EXPECT_TRUE(Calls(*session, 29s).empty());
  EXPECT_EQ(received_.error().code, Errc::kTimeout);
  EXPECT_TRUE(Calls(*session, 5s).empty());
  EXPECT_EQ(received_.error().code, Errc::kAgentUnreachable);
  EXPECT_NE(received_.error().detail.find("silent"), std::string::npos);
}

TEST_F(HubSessionTest, ABrokenProtocolEndsIt) {
  server_.Negotiates();
  server_.Hub().Says(Call("a")).Says(R"({"type":1})");
  auto session = Open();
  EXPECT_EQ(Calls(*session), std::vector<std::string>{"a"});
  EXPECT_TRUE(Calls(*session).empty());
  EXPECT_EQ(received_.error().code, Errc::kUnavailable);
}

TEST_F(HubSessionTest, ByEventsItReceivesFromTheStreamAndSendsByPost) {
  settings_.transport = TransportChoice::kServerSentEvents;
  server_.Negotiates();
  auto& stream = server_.Events();
  const auto& posts = server_.Answers(200, "");
  stream.Sends(testing_support::Event("{}")).Sends(testing_support::Event(Call("a")));
  auto session = Open();
  EXPECT_EQ(Calls(*session), std::vector<std::string>{"a"});
  EXPECT_TRUE(posts.received.starts_with("POST /chat?id=secret HTTP/1.1\r\n")) << posts.received;
  EXPECT_TRUE(posts.received.ends_with("{\"protocol\":\"json\",\"version\":1}\x1e"));
}

TEST_F(HubSessionTest, EventsOfAnotherTypeAreNoMessages) {
  settings_.transport = TransportChoice::kServerSentEvents;
  server_.Negotiates();
  auto& stream = server_.Events();
  server_.Answers(200, "");
  stream.Sends(testing_support::Event("{}"))
      .Sends("event: news\n" + testing_support::Event(Call("a")))
      .Sends("event: message\n" + testing_support::Event(Call("b")));
  EXPECT_EQ(Calls(*Open()), std::vector<std::string>{"b"});
}

TEST_F(HubSessionTest, AMessageOverSeveralEventsIsOne) {
  settings_.transport = TransportChoice::kServerSentEvents;
  server_.Negotiates();
  auto& stream = server_.Events();
  server_.Answers(200, "");
  const auto call = Call("split");
  stream.Sends(testing_support::Event("{}"))
      .Sends("data: " + call.substr(0, 9) + "\n\n")
      .Sends("data: " + call.substr(9) + "\x1e\n\n");
  EXPECT_EQ(Calls(*Open()), std::vector<std::string>{"split"});
}

TEST_F(HubSessionTest, AStatefulSessionAcknowledgesOnceASecond) {
  OpenStateful();
  auto& hub = server_.Hub();
  hub.Says(Call("a")).Says(Call("b"));
  auto session = Open();
  EXPECT_EQ(Calls(*session).size(), 1U);
  EXPECT_EQ(Calls(*session).size(), 1U);
  EXPECT_TRUE(Calls(*session, 3s).empty());
  EXPECT_EQ(Count(hub.script.received, "\"type\":8"), 1U) << hub.script.received;
  EXPECT_EQ(Count(hub.script.received, "{\"type\":8,\"sequenceId\":2}\x1e"), 1U);
}

TEST_F(HubSessionTest, ALostTransportIsReplacedWithoutNegotiationOrHandshake) {
  OpenStateful();
  server_.Hub().Says(Call("a")).ThenEnds();
  auto& again = server_.Hub();
  again.script.sends.clear();
  again.Says(R"({"type":9,"sequenceId":1})").Says(Call("a")).Says(Call("b"));
  auto session = Open();
  EXPECT_EQ(Calls(*session), std::vector<std::string>{"a"});
  EXPECT_EQ(Calls(*session), std::vector<std::string>{"b"});
  EXPECT_EQ(session->resumptions(), 1);
  EXPECT_TRUE(again.script.head.starts_with("GET /chat?id=secret HTTP/1.1\r\n"));
  EXPECT_EQ(again.script.received, "{\"type\":9,\"sequenceId\":1}\x1e");
}

TEST_F(HubSessionTest, HalfAMessageIsForgottenWithTheTransportThatBroughtIt) {
  OpenStateful();
  server_.Hub().ThenEnds().script.Frame(0x1, Call("half").substr(0, 12));
  auto& again = server_.Hub();
  again.script.sends.clear();
  again.Says(R"({"type":9,"sequenceId":1})").Says(Call("whole"));
  auto session = Open();
  EXPECT_EQ(Calls(*session), std::vector<std::string>{"whole"});
}

TEST_F(HubSessionTest, WhatWasNotAcknowledgedIsSentAgainBehindItsSequence) {
  OpenStateful();
  server_.Hub().Says(R"({"type":8,"sequenceId":1})").ThenEnds();
  auto& again = server_.Hub();
  again.script.sends.clear();
  auto session = Open();
  for (const auto* method : {"one", "two", "three"}) {
    ASSERT_TRUE(session->Send(signalr::Invocation{.target = method}));
  }
  ASSERT_TRUE(session->Send(signalr::Ping{}));
  EXPECT_TRUE(Calls(*session).empty());
  EXPECT_TRUE(Calls(*session).empty());
  EXPECT_TRUE(again.script.received.starts_with("{\"type\":9,\"sequenceId\":2}\x1e{\"type\":1"))
      << again.script.received;
  EXPECT_EQ(Count(again.script.received, "\"target\":\"one\""), 0U);
  EXPECT_EQ(Count(again.script.received, "\"target\":\"two\""), 1U);
  EXPECT_EQ(Count(again.script.received, "\"target\":\"three\""), 1U);
  EXPECT_EQ(Count(again.script.received, kPing), 0U);
}

TEST_F(HubSessionTest, WhatIsSentIntoABrokenTransportIsSentOnceByTheNext) {
  OpenStateful();
  server_.Hub().ThenEnds().broken_after = 2;
  auto& again = server_.Hub();
  again.script.sends.clear();
  auto session = Open();
  ASSERT_TRUE(session->Send(signalr::Invocation{.target = "kept"}));
  ASSERT_TRUE(session->Send(signalr::Invocation{.target = "too"}));
  EXPECT_TRUE(Calls(*session).empty());
  EXPECT_EQ(Count(again.script.received, "\"target\":\"kept\""), 1U);
  EXPECT_EQ(Count(again.script.received, "\"target\":\"too\""), 1U);
}

TEST_F(HubSessionTest, ARefusedResumptionIsTheEnd) {
  OpenStateful();
  server_.Hub().ThenEnds();
  server_.Hub().script.status = 404;
  auto session = Open();
  EXPECT_TRUE(Calls(*session).empty());
  EXPECT_EQ(received_.error().code, Errc::kAgentUnreachable);
  EXPECT_EQ(server_.dialled.size(), 3U);
}

TEST_F(HubSessionTest, AResumptionWithoutASequenceIsTriedOnce) {
  OpenStateful();
  server_.Hub().ThenEnds();
  for (int i = 0; i < 3; ++i) {
    auto& hub = server_.Hub().ThenEnds();
    hub.script.sends.clear();
    hub.Says(Call("dropped"));
  }
  auto session = Open();
  EXPECT_TRUE(Calls(*session).empty());
  EXPECT_EQ(received_.error().code, Errc::kAgentUnreachable);
  EXPECT_EQ(server_.dialled.size(), 3U);
}

TEST_F(HubSessionTest, ASequenceThatSkipsMessagesEndsIt) {
  OpenStateful();
  server_.Hub().Says(Call("a")).ThenEnds();
  auto& again = server_.Hub();
  again.script.sends.clear();
  again.Says(R"({"type":9,"sequenceId":3})");
  auto session = Open();
  EXPECT_EQ(Calls(*session).size(), 1U);
  EXPECT_TRUE(Calls(*session).empty());
  EXPECT_EQ(received_.error().code, Errc::kUnavailable);
}

TEST_F(HubSessionTest, StoppingSaysCloseAndEndsTheWebSocket) {
  server_.Negotiates();
  const auto& hub = server_.Hub();
  auto session = Open();
  const auto before = hub.writes;
  session->Stop();
  EXPECT_TRUE(hub.script.received.ends_with("{\"type\":7}\x1e"));
  EXPECT_EQ(hub.writes, before + 2);
}

}  // namespace
}  // namespace notify::cli::client
