#include "agent/ingress/signalr/hub_connection.hpp"

#include <gmock/gmock.h>

#include "tests/unit/agent/ingress/live/live_world.hpp"

namespace notify::agent::ingress::signalr {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class HubConnectionTest : public testing::Test, public LiveWorld {};

TEST_F(HubConnectionTest, GreetsWithWhoTheClientIs) {
  Commit({{}, {}});
  EXPECT_THAT(HubClient(*this, "blue alice subscriber").Greeting(),
              testing::AllOf(HasSubstr(R"("target":"connected")"),
                             HasSubstr(R"("tenant":"blue","user":"alice","roles":["subscriber"])"),
                             HasSubstr(R"("groups":["tenant::blue","user::alice"])"),
                             HasSubstr(R"("epoch":1000,"sequence":2)")));
}

TEST_F(HubConnectionTest, RefusesOtherProtocolsAndVersions) {
  HubClient client(*this);
  client.Send(R"({"protocol":"xml","version":1})");
  EXPECT_EQ(client.Next(), R"({"error":"The protocol 'xml' is not supported."})");
  HubClient later(*this);
  later.Send(R"({"protocol":"json","version":9})");
  EXPECT_THAT(later.Next(), HasSubstr("does not support version 9"));
}

TEST_F(HubConnectionTest, AHandshakeThatDoesNotComeIsCancelled) {
  HubClient client(*this);
  EXPECT_EQ(client.Next(20s), R"({"error":"Handshake was canceled."})");
  EXPECT_TRUE(client.peer().ReadsTheEnd());
}

TEST_F(HubConnectionTest, ABroadcastEventInvokesItsTypeWithTheEnvelope) {
  HubClient client(*this);
  client.Greeting();
  Commit({{.type = "fx.quote.created", .data = R"({"rate":1.2})"}});
  EXPECT_THAT(client.Next(),
              testing::AllOf(HasSubstr(R"({"type":1,"target":"fx.quote.created","arguments":[{)"),
                             HasSubstr(R"("epoch":1000,"sequence":1)"),
                             HasSubstr(R"("data":{"rate":1.2})")));
}

TEST_F(HubConnectionTest, ATenantMayChooseTheBareData) {
  settings_.payload = HubPayload::kData;
  HubClient client(*this);
  client.Greeting();
  Commit({{.type = "fx.quote.created", .data = R"({"rate":1.2})"}});
  EXPECT_THAT(client.Next(), HasSubstr(R"("arguments":[{"rate":1.2}])"));
  EXPECT_THAT(client.Call("Subscribe", R"({"types":["a.b"],"from":"0"})"),
              HasSubstr("HubException: envelope_required: "));
}

TEST_F(HubConnectionTest, TheCompletionOfSubscribeComesBeforeTheFirstEvent) {
  Commit({{}, {}});
  HubClient client(*this);
  client.Greeting();
  EXPECT_THAT(client.Call("Subscribe", R"({"types":["*"],"from":{"epoch":0,"sequence":1}})"),
              HasSubstr(R"("epoch":1000,"sequence":1})"));
  EXPECT_THAT(client.others, IsEmpty());
  EXPECT_THAT(client.Next(), HasSubstr(R"("sequence":2)"));
}

TEST_F(HubConnectionTest, SeveralMessagesInOneFrameAndOneInSeveralAreTheSame) {
  HubClient client(*this);
  client.SendRaw(websocket::Opcode::kText,
                 "{\"protocol\":\"json\",\"version\":1}\x1e{\"type\":1,\"invocationId\":\"a\","
                 "\"target\":\"Groups\",\"arguments\":[]}\x1e{\"type\":1,\"invoca");
  client.SendRaw(websocket::Opcode::kBinary,
                 "tionId\":\"b\",\"target\":\"groups\",\"arguments\":[]}\x1e");
  EXPECT_EQ(client.Next(), "{}");
  EXPECT_THAT(client.Next(), HasSubstr("connected"));
  EXPECT_EQ(client.Next(),
            R"({"type":3,"invocationId":"a","result":["tenant::blue","user::alice"]})");
  EXPECT_THAT(client.Next(), HasSubstr(R"("invocationId":"b")"));
}

TEST_F(HubConnectionTest, ABrokenProtocolEndsTheConnectionWithAReason) {
  HubClient client(*this);
  client.Greeting();
  client.Send("{\"type\":\"one\"}");
  EXPECT_EQ(client.Next(), R"({"type":7,"error":"Connection closed with an error."})");
  client.SendRaw(websocket::Opcode::kClose, websocket::ClosePayload(websocket::CloseCode::kNormal));
  EXPECT_TRUE(client.peer().ReadsTheEnd());
}

TEST_F(HubConnectionTest, PingsWhereNothingElseWasSentFor15Seconds) {
  HubClient client(*this);
  client.Greeting();
  client.Next(31s);
  EXPECT_EQ(client.pings, 2U);
}

TEST_F(HubConnectionTest, AClientThatPingedAndThenIsSilentMayComeAgain) {
  HubClient client(*this);
  client.Greeting();
  client.Send(R"({"type":6})");
  EXPECT_EQ(client.Next(40s), R"({"type":7,"allowReconnect":true})");
}

TEST_F(HubConnectionTest, ATokensEndMakesTheClientComeAgain) {
  expires_ = runtime_.clock().WallNow() + 60s;
  HubClient client(*this);
  client.Greeting();
  EXPECT_EQ(client.Next(50s), "");
  EXPECT_EQ(client.Next(15s), R"({"type":7,"allowReconnect":true})");
}

TEST_F(HubConnectionTest, WhoDoesNotAnswerTheCloseIsCutAfter5Seconds) {
  HubClient client(*this);
  client.Greeting();
  runtime_.Run(hub_.Drain(0s));
  EXPECT_EQ(client.Next(), R"({"type":7,"allowReconnect":true})");
  EXPECT_TRUE(client.peer().ReadsTheEnd(7s));
  EXPECT_EQ(hub_.clients(), 0U);
}

TEST_F(HubConnectionTest, AClientsCloseEndsQuietly) {
  HubClient client(*this);
  client.Greeting();
  client.Send(R"({"type":7})");
  client.SendRaw(websocket::Opcode::kClose, "");
  EXPECT_TRUE(client.peer().ReadsTheEnd(1s));
  EXPECT_EQ(client.Next(), "");
}

TEST_F(HubConnectionTest, ASocketThatTakesNothingIsClosedAfter10Seconds) {
  HubClient client(*this);
  client.Greeting();
  client.Call("Subscribe", R"({"types":["*"]})");
  for (int i = 0; i < 40; ++i) Commit({{.data = '"' + std::string(10'000, 'x') + '"'}});
  runtime_.RunFor(13s);
  EXPECT_EQ(hub_.clients(), 0U);
}

TEST_F(HubConnectionTest, AClientThatReadsLateGetsEverythingInOrder) {
  HubClient client(*this);
  client.Greeting();
  client.Call("Subscribe", R"({"types":["*"]})");
  for (int i = 0; i < 40; ++i) Commit({{.data = '"' + std::string(10'000, 'x') + '"'}});
  runtime_.RunFor(5s);
  for (int i = 1; i <= 40; ++i) {
    ASSERT_THAT(client.Next(), HasSubstr("\"sequence\":" + std::to_string(i) + ","));
  }
}

TEST_F(HubConnectionTest, ALostConnectionLeavesNothingBehind) {
  auto client = std::make_unique<HubClient>(*this);
  client->Greeting();
  runtime_.network().Cut(client->peer().stream());
  runtime_.RunFor(1s);
  EXPECT_EQ(hub_.clients(), 0U);
  EXPECT_EQ(log_.feeds("blue"), 0U);
}

TEST_F(HubConnectionTest, StreamsEventsAndCompletesWhenCancelled) {
  Commit({{}, {}});
  HubClient client(*this);
  client.Greeting();
  client.Send(
      R"({"type":4,"invocationId":"s","target":"StreamEvents","arguments":[{"from":"1"}]})");
  EXPECT_THAT(client.Next(), testing::AllOf(HasSubstr(R"({"type":2,"invocationId":"s","item":{)"),
                                            HasSubstr(R"("sequence":2)")));
  Commit({{}});
  EXPECT_THAT(client.Next(), HasSubstr(R"("sequence":3)"));
  client.Send(R"({"type":5,"invocationId":"s"})");
  EXPECT_EQ(client.Next(), R"({"type":3,"invocationId":"s"})");
  Commit({{}});
  EXPECT_EQ(client.Next(), "");
}

TEST_F(HubConnectionTest, AGapIsTheStreamsErrorUnlessItMayGoOn) {
  HubClient client(*this);
  client.Greeting();
  client.Send(
      R"({"type":4,"invocationId":"s","target":"StreamEvents","arguments":[{"from":"5"}]})");
  EXPECT_THAT(client.Next(), testing::AllOf(HasSubstr("HubException: gap: "), HasSubstr("ahead")));
  client.Send(
      R"({"type":4,"invocationId":"t","target":"StreamEvents","arguments":[{"from":"5","onGap":"continue"}]})");
  runtime_.RunFor(1s);
  Commit({{}});
  EXPECT_THAT(client.Next(), HasSubstr(R"("invocationId":"t","item")"));
}

}  // namespace
}  // namespace notify::agent::ingress::signalr
