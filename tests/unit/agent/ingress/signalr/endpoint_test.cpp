#include "agent/ingress/signalr/endpoint.hpp"

#include <gmock/gmock.h>

#include "tests/unit/agent/ingress/live/live_world.hpp"

namespace notify::agent::ingress::signalr {
namespace {

using testing::HasSubstr;
using testing::Not;

class EndpointTest : public testing::Test, public LiveWorld {
 protected:
  std::string Negotiate(const std::string& query, const std::string& who = "blue alice viewer") {
    auto peer = Ask("POST /hubs/notifications/negotiate" + query, who, "Content-Length: 0\r\n");
    peer->ReadUntil([&] { return peer->bytes.ends_with("}"); });
    return peer->bytes;
  }
  std::string Token(const std::string& who = "blue alice viewer") {
    const std::string answer = Negotiate("?negotiateVersion=1", who);
    const auto begin = answer.find(R"("connectionToken":")") + 19;
    return answer.substr(begin, answer.find('"', begin) - begin);
  }
  std::string StatusOf(const HubClient& client) { return client.head.substr(9, 3); }
};

TEST_F(EndpointTest, NegotiatesVersion1WithAPublicIdAndASecretToken) {
  const std::string answer = Negotiate("?negotiateVersion=1");
  EXPECT_THAT(answer, HasSubstr(R"("negotiateVersion":1,"connectionId":")"));
  EXPECT_THAT(answer, HasSubstr(R"("connectionToken":")"));
  EXPECT_THAT(answer, HasSubstr(R"("availableTransports":[{"transport":"WebSockets")"));
}

TEST_F(EndpointTest, OffersTheTransportsInTheOrderOfPreference) {
  EXPECT_THAT(Negotiate("?negotiateVersion=1"),
              HasSubstr(R"([{"transport":"WebSockets","transferFormats":["Text","Binary"]},)"
                        R"({"transport":"ServerSentEvents","transferFormats":["Text"]},)"
                        R"({"transport":"LongPolling","transferFormats":["Text","Binary"]}])"));
}

TEST_F(EndpointTest, OffersStatefulReconnectToWhoAsksOnly) {
  EXPECT_THAT(Negotiate("?negotiateVersion=1"), Not(HasSubstr("useStatefulReconnect")));
  EXPECT_THAT(Negotiate("?negotiateVersion=1&useStatefulReconnect=true"),
              HasSubstr(R"("useStatefulReconnect":true)"));
}

TEST_F(EndpointTest, Version0HasNoTokenAndBadVersionsAreAnError) {
  EXPECT_THAT(Negotiate(""), Not(HasSubstr("connectionToken")));
  EXPECT_THAT(Negotiate("?negotiateVersion=x"), HasSubstr("non-integer protocol version"));
}

TEST_F(EndpointTest, AWebSocketAttachesWithTheTokenAndWithoutNegotiation) {
  HubClient attached(*this, "blue alice viewer", "?id=" + Token());
  EXPECT_EQ(StatusOf(attached), "101");
  EXPECT_THAT(attached.head, HasSubstr("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
  EXPECT_EQ(StatusOf(HubClient(*this)), "101");
}

TEST_F(EndpointTest, TheConnectionHasTheIdOfItsNegotiation) {
  const std::string answer = Negotiate("?negotiateVersion=1");
  const auto begin = answer.find(R"("connectionId":")") + 16;
  const std::string id = answer.substr(begin, 22);
  const auto token = answer.find(R"("connectionToken":")") + 19;
  HubClient client(*this, "blue alice viewer",
                   "?id=" + answer.substr(token, answer.find('"', token) - token));
  EXPECT_THAT(client.Greeting(), HasSubstr(R"("connectionId":")" + id + '"'));
}

TEST_F(EndpointTest, AnUnknownTokenIs404) {
  EXPECT_EQ(StatusOf(HubClient(*this, "blue alice viewer", "?id=nonsense")), "404");
}

TEST_F(EndpointTest, ATokenOfAnotherUserOrTenantIs404) {
  EXPECT_EQ(StatusOf(HubClient(*this, "blue mallory viewer", "?id=" + Token())), "404");
  EXPECT_EQ(StatusOf(HubClient(*this, "green alice viewer", "?id=" + Token())), "404");
}

TEST_F(EndpointTest, ATokenThatNobodyUsedExpires) {
  const std::string token = Token();
  runtime_.RunFor(15s);
  EXPECT_EQ(StatusOf(HubClient(*this, "blue alice viewer", "?id=" + token)), "404");
}

TEST_F(EndpointTest, ASecondWebSocketIs409AndAfterTheFirstEndedIs404) {
  const std::string query = "?id=" + Token();
  auto first = std::make_unique<HubClient>(*this, "blue alice viewer", query);
  EXPECT_EQ(StatusOf(HubClient(*this, "blue alice viewer", query)), "409");
  first.reset();
  runtime_.RunFor(1s);
  EXPECT_EQ(StatusOf(HubClient(*this, "blue alice viewer", query)), "404");
}

TEST_F(EndpointTest, OtherTransportsAre404) {
  auto peer =
      Ask("GET /hubs/notifications?id=x", "blue alice viewer", "Accept: text/event-stream\r\n");
  EXPECT_THAT(peer->bytes, HasSubstr("HTTP/1.1 404"));
}

}  // namespace
}  // namespace notify::agent::ingress::signalr
