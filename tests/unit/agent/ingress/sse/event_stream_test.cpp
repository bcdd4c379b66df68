#include "agent/ingress/sse/event_stream.hpp"

#include <gmock/gmock.h>

#include "tests/unit/agent/ingress/live/live_world.hpp"

namespace notify::agent::ingress::sse {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class EventStreamTest : public testing::Test, public LiveWorld {
 protected:
  std::unique_ptr<Peer> Open(const std::string& query = {}, const std::string& headers = {},
                             const std::string& who = "blue alice viewer") {
    auto peer = Ask("GET /api/events/stream" + query, who, headers);
    runtime_.RunFor(20ms);
    return peer;
  }
  /// What has come and comes within `time`.
  static std::string Read(Peer& peer, Clock::Duration time = 100ms) {
    peer.ReadUntil([] { return false; }, time);
    return peer.bytes;
  }
};

TEST_F(EventStreamTest, BeginsWithTheTimeToComeAgain) {
  EXPECT_THAT(Read(*Open()),
              AllOf(HasSubstr("HTTP/1.1 200"), HasSubstr("Content-Type: text/event-stream\r\n"),
                    testing::EndsWith("\r\n\r\nretry: 2000\n\n")));
}

TEST_F(EventStreamTest, AnEventIsItsPositionAndItsEnvelopeOnOneLine) {
  auto peer = Open();
  Commit({{.type = "order.created", .data = "{\"n\":1}"}});
  EXPECT_THAT(Read(*peer),
              AllOf(HasSubstr("\n\nid: 1000-1\ndata: {\"specversion\":\"1.0\""),
                    testing::EndsWith("\"data\":{\"n\":1}}\n\n"), Not(HasSubstr("event:"))));
}

TEST_F(EventStreamTest, TheEnvelopeItIsWhateverTheTenantChoseForTheHub) {
  settings_.payload = HubPayload::kData;
  auto peer = Open();
  Commit({{.data = "{\"n\":1}"}});
  EXPECT_THAT(Read(*peer), HasSubstr("data: {\"specversion\""));
}

TEST_F(EventStreamTest, LastEventIdResumesAndWinsOverAfter) {
  Commit({{}, {}, {}});
  auto peer = Open("?after=1000-0", "Last-Event-ID: 1000-2\r\n");
  EXPECT_THAT(Read(*peer), AllOf(HasSubstr("id: 1000-3\n"), Not(HasSubstr("id: 1000-2\n"))));
}

TEST_F(EventStreamTest, AfterResumesToo) {
  Commit({{}, {}});
  auto peer = Open("?after=1");
  EXPECT_THAT(Read(*peer), AllOf(HasSubstr("id: 1000-2\n"), Not(HasSubstr("id: 1000-1\n"))));
}

TEST_F(EventStreamTest, APositionThatIsNotThereIsAGapBeforeTheEvents) {
  Commit({{}});
  auto peer = Open("?after=77-5");
  EXPECT_THAT(Read(*peer),
              HasSubstr("event: gap\ndata: {\"reason\":\"epoch\",\"requested\":{\"epoch\":77,"
                        "\"sequence\":5},\"resumedAfter\":{\"epoch\":1000,\"sequence\":0}"));
  EXPECT_THAT(peer->bytes, HasSubstr("id: 1000-1\n"));
}

TEST_F(EventStreamTest, FiltersByTypeTopicAndUser) {
  auto peer = Open("?type=order.*&type=rate.updated&topic=eu&userid=alice");
  Commit({{.type = "order.a", .userid = "alice", .topic = "eu"},
          {.type = "order.b", .userid = "alice", .topic = "us"},
          {.type = "order.c", .userid = "bob", .topic = "eu"},
          {.type = "invoice.d", .userid = "alice", .topic = "eu"},
          {.type = "rate.updated", .userid = "alice", .topic = "eu"}});
  EXPECT_THAT(Read(*peer), AllOf(HasSubstr("id: 1000-1\n"), HasSubstr("id: 1000-5\n"),
                                 Not(HasSubstr("id: 1000-2\n")), Not(HasSubstr("id: 1000-3\n")),
                                 Not(HasSubstr("id: 1000-4\n"))));
}

TEST_F(EventStreamTest, BadValuesAreRefusedBeforeAnythingIsStreamed) {
  EXPECT_THAT(Open("?after=yesterday")->bytes, HasSubstr("HTTP/1.1 400"));
  EXPECT_THAT(Open("?type=no%20type")->bytes, HasSubstr("HTTP/1.1 400"));
  EXPECT_THAT(Open({}, "Last-Event-ID: x\r\n")->bytes, HasSubstr("HTTP/1.1 400"));
}

TEST_F(EventStreamTest, MarksEvery15SecondsHowFarItHasLooked) {
  auto peer = Open("?type=order.created");
  Commit({{.type = "other.event"}, {.type = "other.event"}});
  EXPECT_THAT(Read(*peer, 16s), testing::EndsWith("\n\nid: 1000-2\n\n"));
}

TEST_F(EventStreamTest, ASubscriberIsNarrowedToItsOwn) {
  auto peer = Open("?after=0", {}, "blue alice subscriber");
  Commit({{.userid = "bob"}, {.userid = "alice"}});
  EXPECT_THAT(Read(*peer), AllOf(HasSubstr("id: 1000-2\n"), Not(HasSubstr("id: 1000-1\n"))));
}

TEST_F(EventStreamTest, EndsWithItsTokenAndLeavesNothingBehind) {
  expires_ = runtime_.clock().WallNow() + 30s;
  auto peer = Open();
  EXPECT_TRUE(peer->ReadsTheEnd(40s));
  runtime_.RunFor(1s);
  EXPECT_EQ(hub_.clients(), 0U);
}

TEST_F(EventStreamTest, AClientThatReadsLateGetsEverythingOnce) {
  auto peer = Open();
  for (int i = 0; i < 30; ++i) Commit({{.data = '"' + std::string(10'000, 'x') + '"'}});
  runtime_.RunFor(5s);
  const std::string all = Read(*peer, 1s);
  std::size_t at = 0;
  for (int i = 1; i <= 30; ++i) {
    at = all.find("id: 1000-" + std::to_string(i) + "\n", at);
    ASSERT_NE(at, std::string::npos) << i;
  }
}

}  // namespace
}  // namespace notify::agent::ingress::sse
