#include "agent/replay/selection.hpp"

#include <gtest/gtest.h>

namespace notify::agent::replay {
namespace {

EventView Event() {
  EventView event;
  event.type = "fx.quote.created";
  event.time = "2026-06-30T12:00:00Z";  // 1'782'820'800'000
  event.subject = "s";
  event.userid = "alice";
  event.topic = "eu";
  event.stream = "order-1";
  return event;
}

TEST(Selection, EmptyTakesEverything) { EXPECT_TRUE(Selection{}.Matches(Event(), 0)); }

TEST(Selection, EveryMemberNarrows) {
  EXPECT_TRUE((Selection{.types = {"fx.*"}}.Matches(Event(), 0)));
  EXPECT_FALSE((Selection{.types = {"fx"}}.Matches(Event(), 0)));
  EXPECT_FALSE((Selection{.subject = "t"}.Matches(Event(), 0)));
  EXPECT_FALSE((Selection{.stream = "order-2"}.Matches(Event(), 0)));
  EXPECT_FALSE((Selection{.userid = "bob"}.Matches(Event(), 0)));
  EXPECT_FALSE((Selection{.topic = "us"}.Matches(Event(), 0)));
}

TEST(Selection, SinceIsInclusiveAndUntilExclusive) {
  const Selection range{.since_ms = 100, .until_ms = 200};
  EXPECT_FALSE(range.Matches(Event(), 99));
  EXPECT_TRUE(range.Matches(Event(), 100));
  EXPECT_TRUE(range.Matches(Event(), 199));
  EXPECT_FALSE(range.Matches(Event(), 200));
  EXPECT_TRUE(range.IsOver(200));
}

TEST(Selection, ByEventTimeComparesTheEventsOwnTimeAndIsNeverOver) {
  const Selection range{
      .since_ms = 1'782'820'800'000, .until_ms = 1'782'820'800'001, .by_event_time = true};
  EXPECT_TRUE(range.Matches(Event(), 5));
  EXPECT_FALSE(range.IsOver(INT64_MAX));
  EventView later = Event();
  later.time = "2026-06-30T12:00:01Z";
  EXPECT_FALSE(range.Matches(later, 1'782'820'800'000));
}

}  // namespace
}  // namespace notify::agent::replay
