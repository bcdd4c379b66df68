#include "tests/unit/cli/command_line.hpp"

namespace notify::cli::event {
namespace {

using client::SseMessage;
using Reads = testing_support::FakeApi::Reads;

SseMessage Event(int n) {
  const auto number = std::to_string(n);
  return {.data = R"({"sequence":)" + number + "}",
          .id = "7-" + number,
          .has_data = true,
          .has_id = true};
}

SseMessage Scanned(int n) { return {.id = "7-" + std::to_string(n), .has_id = true}; }

SseMessage Gap() {
  return {.event = "gap",
          .data = R"({"reason":"retention","requested":{"epoch":7,"sequence":1},)"
                  R"("resumedAfter":{"epoch":7,"sequence":4},"missed":3})",
          .has_data = true};
}

std::string Lines(std::initializer_list<int> numbers) {
  std::string lines;
  for (const int n : numbers) lines += R"({"sequence":)" + std::to_string(n) + "}\n";
  return lines;
}

class EventTail : public testing_support::CommandLineTest {
 protected:
  std::string LastEventId() const {
    for (const auto& [name, value] : api.last().headers) {
      if (name == "Last-Event-ID") return value;
    }
    return {};
  }
};

TEST_F(EventTail, PrintsEnvelopesVerbatimUntilTheLimit) {
  api.Streams({.batches = {{Event(1), Event(2)}, {Event(3), Event(4)}}});
  EXPECT_EQ(Run("event tail --after 7-0 --limit 3 -o ndjson"), 0);
  EXPECT_EQ(out(), Lines({1, 2, 3}));
  EXPECT_EQ(api.Query("after"), "7-0");
}

TEST_F(EventTail, BeginsBehindTheHeadSoThatNothingIsLostBeforeTheFirstEvent) {
  api.Answers("listEvents", R"({"items":[{"epoch":7,"sequence":41}],"next":null})")
      .Streams({.batches = {{Event(42)}}});
  EXPECT_EQ(Run("event tail --limit 1 -o ndjson"), 0);
  EXPECT_EQ(LastEventId(), "7-41");
}

TEST_F(EventTail, SinceBeginsAtTheFirstEventOfThatTime) {
  api.Answers("listEvents", R"({"items":[{"epoch":7,"sequence":41}],"next":null})")
      .Answers("listEvents", R"({"items":[{"epoch":7,"sequence":9}],"next":null})")
      .Streams({.batches = {{Event(9)}}});
  EXPECT_EQ(Run("event tail --since 1h --limit 1 -o ndjson"), 0);
  EXPECT_EQ(LastEventId(), "7-8");
}

TEST_F(EventTail, ASubscriberMayTailWithoutListing) {
  api.Refuses("listEvents", Fail(Errc::kForbidden, "no")).Streams({.batches = {{Event(1)}}});
  EXPECT_EQ(Run("event tail --limit 1 -o ndjson"), 0);
  EXPECT_EQ(LastEventId(), "");
}

TEST_F(EventTail, ReconnectsBehindTheLastLineAndSaysHowMuchItMissed) {
  api.Streams({.batches = {{Event(1), Event(2)}}}).Streams({.batches = {{Event(3), Event(4)}}});
  EXPECT_EQ(Run("event tail --after 7-0 --limit 4 -o ndjson"), 0);
  EXPECT_EQ(out(), Lines({1, 2, 3, 4}));
  EXPECT_EQ(LastEventId(), "7-2");
  EXPECT_EQ(err(), "reconnected, replayed 2\n");
}

TEST_F(EventTail, NeverRepeatsALineThatAStreamBeginsBefore) {
  api.Streams({.batches = {{Event(1), Event(2)}}}).Streams({.batches = {{Event(2), Event(3)}}});
  EXPECT_EQ(Run("event tail --after 7-0 --limit 3 -o ndjson"), 0);
  EXPECT_EQ(out(), Lines({1, 2, 3}));
}

TEST_F(EventTail, TheScannedPositionCountsForTheNextConnection) {
  api.Streams({.batches = {{Event(1)}, {Scanned(90)}}}).Streams({.batches = {{Event(91)}}});
  EXPECT_EQ(Run("event tail --after 7-0 --limit 2 -o ndjson"), 0);
  EXPECT_EQ(LastEventId(), "7-90");
}

TEST_F(EventTail, StateIsTheLastLineWrittenAndTheNextTailGoesOnThere) {
  const auto state = Path("pos");
  api.Streams({.batches = {{Event(1), Event(2), Event(3)}}});
  ASSERT_EQ(Run("event tail --after 7-0 --limit 2 -o ndjson --state " + state), 0);
  EXPECT_EQ(TextOf("pos"), "7-2\n");
  api.Streams({.batches = {{Event(3)}}});
  ASSERT_EQ(Run("event tail --limit 1 -o ndjson --state " + state), 0);
  EXPECT_EQ(LastEventId(), "7-2");
  EXPECT_EQ(TextOf("pos"), "7-3\n");
}

TEST_F(EventTail, AStateThatIsNoPositionIsInvalidInput) {
  EXPECT_EQ(Run("event tail --state " + File("pos", "garbage\n")), 8);
}

TEST_F(EventTail, AGapIsALineOnStandardError) {
  api.Streams({.batches = {{Gap(), Event(5)}}});
  EXPECT_EQ(Run("event tail --after 7-1 --limit 1 -o ndjson"), 0);
  EXPECT_EQ(out(), Lines({5}));
  EXPECT_NE(err().find("behind 7-1 (retention); it goes on behind 7-4, 3 events missing"),
            std::string::npos)
      << err();
}

TEST_F(EventTail, ExitOnGapEndsWithOneAfterWritingWhatCameBefore) {
  api.Streams({.batches = {{Event(1), Gap(), Event(5)}}});
  EXPECT_EQ(Run("event tail --after 7-0 --exit-on-gap -o ndjson"), 1);
  EXPECT_EQ(out(), Lines({1}));
}

TEST_F(EventTail, ARefusalIsNotTriedAgain) {
  api.Streams({.batches = {}, .end = Fail(Errc::kTokenExpired, "It has expired.")});
  EXPECT_EQ(Run("event tail --after 7-0"), 4);
}

TEST_F(EventTail, ReplayedEventsArePrintedWhateverThePosition) {
  auto again = Event(2);
  again.has_id = false;
  api.Streams({.batches = {{Event(5), again}}});
  EXPECT_EQ(Run("event tail --after 7-4 --limit 2 -o ndjson"), 0);
  EXPECT_EQ(out(), Lines({5, 2}));
}

}  // namespace
}  // namespace notify::cli::event
