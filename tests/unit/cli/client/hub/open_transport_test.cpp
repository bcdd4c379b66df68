#include "cli/client/hub/open_transport.hpp"

#include <gtest/gtest.h>

#include "tests/unit/cli/client/hub/scripted_server.hpp"

namespace notify::cli::client {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kEventsFirst =
    R"({"transport":"LongPolling","transferFormats":["Text","Binary"]},)"
    R"({"transport":"ServerSentEvents","transferFormats":["Text"]},)"
    R"({"transport":"WebSockets","transferFormats":["Text","Binary"]})";

class OpenTransportTest : public ::testing::Test {
 protected:
  OpenTransportTest() {
    settings_.url = HubUrl::Parse("http://hub.test/chat").value();
    settings_.caller.limit = 1s;
    settings_.protocol = MakeHubProtocol("json").value();
  }

  Result<OpenedTransport> Open() { return OpenTransport(settings_, server_.means); }

  testing_support::ScriptedServer server_;
  HubSettings settings_;
};

TEST_F(OpenTransportTest, ConnectsUnderTheSecretOfTheNegotiation) {
  server_.Negotiates();
  const auto& hub = server_.Hub();
  const auto opened = Open().value();
  EXPECT_EQ(opened.connection_id, "public");
  EXPECT_TRUE(hub.script.head.starts_with("GET /chat?id=secret HTTP/1.1\r\n")) << hub.script.head;
}

TEST_F(OpenTransportTest, UpgradesAsTheCaller) {
  settings_.caller.token = Secret{"mine"};
  settings_.caller.tenant = "blue";
  server_.Negotiates();
  const auto& hub = server_.Hub();
  ASSERT_TRUE(Open());
  EXPECT_NE(hub.script.head.find("Authorization: Bearer mine\r\n"), std::string::npos);
  EXPECT_NE(hub.script.head.find("X-Tenant: blue\r\n"), std::string::npos);
}

TEST_F(OpenTransportTest, CookiesOfTheNegotiationLeadEveryRequestToTheSameServer) {
  const std::string cookies =
      "Set-Cookie: node=7; Path=/; HttpOnly\r\nSet-Cookie: b=c\r\nSet-Cookie: broken\r\n";
  server_.Negotiates({}, testing_support::ScriptedServer::kAll, cookies);
  const auto& hub = server_.Hub();
  ASSERT_TRUE(Open());
  EXPECT_NE(hub.script.head.find("\r\nCookie: node=7; b=c\r\n"), std::string::npos);
  settings_.transport = TransportChoice::kServerSentEvents;
  server_.Negotiates({}, testing_support::ScriptedServer::kAll, cookies);
  const auto& stream = server_.Events();
  const auto& post = server_.Answers(200, "");
  ASSERT_TRUE(Open().value().transport->Send("x", signalr::TransferFormat::kText));
  EXPECT_NE(stream.received.find("\r\nCookie: node=7; b=c\r\n"), std::string::npos);
  EXPECT_NE(post.received.find("\r\nCookie: node=7; b=c\r\n"), std::string::npos);
}

TEST_F(OpenTransportTest, TakesTheServersFirstThatItHas) {
  server_.Negotiates({}, kEventsFirst);
  const auto& stream = server_.Events();
  EXPECT_EQ(Open().value().kind, signalr::Transport::kServerSentEvents);
  EXPECT_NE(stream.received.find("Accept: text/event-stream\r\n"), std::string::npos);
  EXPECT_TRUE(stream.received.starts_with("GET /chat?id=secret HTTP/1.1\r\n"));
}

TEST_F(OpenTransportTest, AChoiceCountsMoreThanTheServersOrder) {
  settings_.transport = TransportChoice::kWebSockets;
  server_.Negotiates({}, kEventsFirst);
  server_.Hub();
  EXPECT_EQ(Open().value().kind, signalr::Transport::kWebSockets);
}

TEST_F(OpenTransportTest, ABinaryProtocolPassesOverWhatCarriesTextOnly) {
  settings_.protocol = MakeHubProtocol("messagepack").value();
  server_.Negotiates({}, kEventsFirst);
  server_.Hub();
  EXPECT_EQ(Open().value().kind, signalr::Transport::kWebSockets);
  server_.Negotiates({}, R"({"transport":"ServerSentEvents","transferFormats":["Text"]})");
  EXPECT_EQ(Open().error().code, Errc::kUnavailable);
}

TEST_F(OpenTransportTest, ATransportThatFailsIsFollowedByTheNextUnderANewNegotiation) {
  server_.Negotiates();
  server_.Hub().script.status = 404;
  const auto& again = server_.Negotiates();
  server_.Events();
  EXPECT_EQ(Open().value().kind, signalr::Transport::kServerSentEvents);
  EXPECT_TRUE(again.received.starts_with("POST /chat/negotiate"));
}

TEST_F(OpenTransportTest, WhereNoneWorksEachSaysWhy) {
  server_.Negotiates();
  server_.Hub().script.status = 403;
  server_.Negotiates();
  server_.Answers(404, "{}");
  const auto refused = Open();
  EXPECT_NE(refused.error().detail.find("WebSockets: Not for you."), std::string::npos)
      << refused.error().detail;
  EXPECT_NE(refused.error().detail.find("ServerSentEvents: "), std::string::npos);
}

TEST_F(OpenTransportTest, WhatIsNotOnOfferIsSaidSo) {
  settings_.transport = TransportChoice::kServerSentEvents;
  server_.Negotiates({}, R"({"transport":"WebSockets","transferFormats":["Text","Binary"]})");
  const auto refused = Open();
  EXPECT_EQ(refused.error().code, Errc::kUnavailable);
  EXPECT_NE(refused.error().detail.find("offers WebSockets"), std::string::npos);
}

TEST_F(OpenTransportTest, SkippedNegotiationConnectsWithoutAnId) {
  settings_.skip_negotiation = true;
  const auto& hub = server_.Hub();
  ASSERT_TRUE(Open());
  EXPECT_TRUE(hub.script.head.starts_with("GET /chat HTTP/1.1\r\n"));
}

TEST_F(OpenTransportTest, SettingsThatExcludeEachOtherAreAUsageError) {
  settings_.skip_negotiation = true;
  settings_.stateful = true;
  EXPECT_EQ(Open().error().code, Errc::kUsage);
  settings_.stateful = false;
  settings_.transport = TransportChoice::kServerSentEvents;
  EXPECT_EQ(Open().error().code, Errc::kUsage);
}

TEST_F(OpenTransportTest, StatefulReconnectIsForWebSocketsOnly) {
  settings_.stateful = true;
  server_.Negotiates(R"("useStatefulReconnect":true,)", kEventsFirst);
  server_.Events();
  EXPECT_FALSE(Open().value().stateful);
  server_.Negotiates(R"("useStatefulReconnect":true,)");
  server_.Hub();
  EXPECT_TRUE(Open().value().stateful);
}

TEST_F(OpenTransportTest, AStreamThatIsNoneIsRefused) {
  settings_.transport = TransportChoice::kServerSentEvents;
  server_.Negotiates();
  server_.Answers(200, "{}");
  EXPECT_EQ(Open().error().code, Errc::kUnavailable);
}

}  // namespace
}  // namespace notify::cli::client
