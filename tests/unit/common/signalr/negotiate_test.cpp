#include "common/signalr/negotiate.hpp"

#include <gtest/gtest.h>

namespace notify::signalr {
namespace {

std::string Written(const NegotiateAnswer& answer) {
  std::string out;
  AppendNegotiateAnswer(out, answer);
  return out;
}

template <typename Answer>
Answer ParseAs(std::string_view json) {
  return std::get<Answer>(ParseNegotiateAnswer(json).value());
}

NegotiateResponse Offer() {
  return {1,
          "public",
          "secret",
          {{Transport::kWebSockets, true}, {Transport::kServerSentEvents, false}},
          false};
}

TEST(Negotiate, VersionOneHasIdAndToken) {
  EXPECT_EQ(
      Written(Offer()),
      R"({"negotiateVersion":1,"connectionId":"public","connectionToken":"secret",)"
      R"("availableTransports":[{"transport":"WebSockets","transferFormats":["Text","Binary"]},)"
      R"({"transport":"ServerSentEvents","transferFormats":["Text"]}]})");
}

TEST(Negotiate, VersionZeroHasNoToken) {
  auto offer = Offer();
  offer.negotiate_version = 0;
  offer.transports.clear();
  EXPECT_EQ(Written(offer),
            R"({"negotiateVersion":0,"connectionId":"public","availableTransports":[]})");
  EXPECT_EQ(offer.Id(), "public");
}

TEST(Negotiate, StatefulReconnectIsNamedOnlyWhereItIsOn) {
  auto offer = Offer();
  EXPECT_EQ(Written(offer).find("useStatefulReconnect"), std::string::npos);
  offer.use_stateful_reconnect = true;
  EXPECT_TRUE(ParseAs<NegotiateResponse>(Written(offer)).use_stateful_reconnect);
}

TEST(Negotiate, AClientReadsWhatAServerWrites) {
  const auto read = ParseAs<NegotiateResponse>(Written(Offer()));
  EXPECT_EQ(read.connection_id, "public");
  EXPECT_EQ(read.Id(), "secret");
  EXPECT_EQ(read.transports, Offer().transports);
}

TEST(Negotiate, AClientReadsRedirectsAndErrors) {
  const auto redirect =
      ParseAs<NegotiateRedirect>(Written(NegotiateRedirect{"https://other/hub", "token"}));
  EXPECT_EQ(redirect.url, "https://other/hub");
  EXPECT_EQ(redirect.access_token, "token");
  EXPECT_EQ(ParseAs<NegotiateError>(Written(NegotiateError{"no \"way\""})).error, "no \"way\"");
}

TEST(Negotiate, AClientLeavesOutTransportsThatItDoesNotKnow) {
  const auto read = ParseAs<NegotiateResponse>(
      R"({"connectionId":"a","availableTransports":[1,{"transport":"Pigeons","transferFormats":["Text"]},)"
      R"({"transport":"WebSockets","transferFormats":["Binary"]},)"
      R"({"transport":"LongPolling","transferFormats":["Text","New"]}],"new":{}})");
  EXPECT_EQ(read.negotiate_version, 0);
  EXPECT_EQ(read.transports, (std::vector<AvailableTransport>{{Transport::kLongPolling, false}}));
}

TEST(Negotiate, AClientRefusesAnswersThatNameNoConnection) {
  EXPECT_FALSE(ParseNegotiateAnswer("{}"));
  EXPECT_FALSE(ParseNegotiateAnswer(R"({"negotiateVersion":1,"connectionId":"a"})"));
  EXPECT_FALSE(ParseNegotiateAnswer(R"({"negotiateVersion":"1","connectionId":"a"})"));
  EXPECT_FALSE(ParseNegotiateAnswer(R"({"url":1})"));
}

TEST(Negotiate, AClientRefusesTheOldSignalR) {
  const auto answer = ParseNegotiateAnswer(R"({"ConnectionId":"a","ProtocolVersion":"1.5"})");
  ASSERT_FALSE(answer);
  EXPECT_NE(answer.error().detail.find("ASP.NET"), std::string::npos);
}

TEST(Negotiate, AClientRefusesWhatIsNoJsonObject) {
  for (const auto* text :
       {"", "<html>", "[]", "{\"connectionId\":\"a\"} x", "{\"connectionId\":\"\xff\"}"}) {
    EXPECT_FALSE(ParseNegotiateAnswer(text)) << text;
  }
}

TEST(NegotiateVersion, IsTheOneAskedForUpToOne) {
  EXPECT_EQ(NegotiateVersion(std::nullopt), 0);
  EXPECT_EQ(NegotiateVersion("0"), 0);
  EXPECT_EQ(NegotiateVersion("1"), 1);
  EXPECT_EQ(NegotiateVersion("7"), 1);
}

TEST(NegotiateVersion, RefusesWhatIsNoVersionInTheReferencesWords) {
  EXPECT_EQ(NegotiateVersion("one").error().detail,
            "The client requested a non-integer protocol version.");
  EXPECT_EQ(NegotiateVersion("").error().code, Errc::kInvalidArgument);
  EXPECT_EQ(NegotiateVersion("-1").error().detail,
            "The client requested version '-1', but the server does not support this version.");
}

}  // namespace
}  // namespace notify::signalr
