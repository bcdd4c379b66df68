#include "cli/client/hub/negotiation.hpp"

#include <gtest/gtest.h>

#include "tests/unit/cli/client/hub/scripted_server.hpp"

namespace notify::cli::client {
namespace {

using namespace std::chrono_literals;

class NegotiationTest : public ::testing::Test {
 protected:
  Result<Negotiated> Ask(bool stateful = false, std::string_view url = "https://hub.test/chat") {
    Caller caller{.token = Secret{"mine"}, .tenant = "", .limit = 1s};
    return Negotiate(server_.means.dial, HubUrl::Parse(url).value(), caller, stateful);
  }

  testing_support::ScriptedServer server_;
};

TEST_F(NegotiationTest, AsksForVersionOneAsTheCaller) {
  const auto& peer = server_.Negotiates();
  const auto agreed = Ask().value();
  EXPECT_TRUE(peer.received.starts_with("POST /chat/negotiate?negotiateVersion=1 HTTP/1.1\r\n"));
  EXPECT_NE(peer.received.find("Authorization: Bearer mine\r\n"), std::string::npos);
  EXPECT_NE(peer.received.find("Content-Length: 0\r\n"), std::string::npos);
  EXPECT_EQ(agreed.answer.Id(), "secret");
  EXPECT_EQ(agreed.answer.connection_id, "public");
}

TEST_F(NegotiationTest, AVersionZeroAnswerIsUnderstood) {
  server_.Answers(200, R"({"connectionId":"only","availableTransports":[]})");
  EXPECT_EQ(Ask().value().answer.Id(), "only");
}

TEST_F(NegotiationTest, ARedirectIsFollowedWithItsToken) {
  server_.Answers(200, R"({"url":"https://other.test/b?k=1","accessToken":"theirs"})");
  const auto& second = server_.Negotiates();
  const auto agreed = Ask().value();
  EXPECT_EQ(server_.dialled.at(1).host, "other.test");
  EXPECT_TRUE(second.received.starts_with("POST /b/negotiate?k=1&negotiateVersion=1 HTTP/1.1\r\n"));
  EXPECT_NE(second.received.find("Authorization: Bearer theirs\r\n"), std::string::npos);
  EXPECT_EQ(agreed.caller.token.Reveal(), "theirs");
  EXPECT_EQ(agreed.url.path, "/b");
}

TEST_F(NegotiationTest, ARedirectToPlainHttpDoesNotGetOurToken) {
  server_.Answers(200, R"({"url":"http://other.test/b"})");
  const auto& second = server_.Negotiates();
  ASSERT_TRUE(Ask());
  EXPECT_EQ(second.received.find("Authorization"), std::string::npos);
}

TEST_F(NegotiationTest, RedirectsInACircleEnd) {
  for (int i = 0; i < 101; ++i) server_.Answers(200, R"({"url":"https://hub.test/chat"})");
  EXPECT_EQ(Ask().error().code, Errc::kUnavailable);
  EXPECT_EQ(server_.dialled.size(), 100U);
}

TEST_F(NegotiationTest, AnErrorIsShownInTheServersWords) {
  server_.Answers(200, R"({"error":"The server is full."})");
  EXPECT_EQ(Ask().error().detail, "The hub refuses: The server is full.");
}

TEST_F(NegotiationTest, ARefusedCredentialIsThatError) {
  server_.Answers(401, "{}");
  EXPECT_EQ(Ask().error().code, Errc::kUnauthenticated);
}

TEST_F(NegotiationTest, AnHttpRedirectSaysWhereTheHubIs) {
  server_.Answers(307, "{}", "Location: https://real.test/chat/negotiate\r\n");
  const auto elsewhere = Ask();
  EXPECT_EQ(elsewhere.error().code, Errc::kUnavailable);
  EXPECT_NE(elsewhere.error().detail.find("https://real.test/chat/negotiate"), std::string::npos);
}

TEST_F(NegotiationTest, WhatIsNoSignalRServerIsSaidSo) {
  server_.Answers(200, R"({"hello":"world"})");
  const auto refused = Ask();
  EXPECT_EQ(refused.error().code, Errc::kUnavailable);
  EXPECT_NE(refused.error().detail.find("https://hub.test/chat/negotiate"), std::string::npos);
}

TEST_F(NegotiationTest, StatefulReconnectIsAskedForInTheQuery) {
  const auto& peer = server_.Negotiates(R"("useStatefulReconnect":true,)");
  EXPECT_TRUE(Ask(true).value().answer.use_stateful_reconnect);
  EXPECT_NE(peer.received.find("negotiateVersion=1&useStatefulReconnect=true"), std::string::npos);
}

TEST_F(NegotiationTest, AStatefulReconnectThatNobodyAskedForIsRefused) {
  server_.Negotiates(R"("useStatefulReconnect":true,)");
  EXPECT_EQ(Ask(false).error().code, Errc::kUnavailable);
}

}  // namespace
}  // namespace notify::cli::client
