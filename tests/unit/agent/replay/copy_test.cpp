#include "agent/replay/copy.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace notify::agent::replay {
namespace {

constexpr Position kOriginal{Epoch{1000}, Sequence{7}};

class CopyTest : public testing::Test {
 protected:
  CopyTest() {
    event_.id = "original";
    event_.source = "/s";
    event_.type = "a.b";
    event_.time = "2026-06-30T12:00:00Z";
    event_.stream = "order-1";
    event_.streamversion = "3";
    event_.scheduledat = "2026-06-30T13:00:00Z";
    event_.idempotency_key = "k";
    event_.extensions.push_back({"partner", R"("x")"});
    event_.data_kind = DataKind::kJson;
    event_.data = R"({"n": 1})";
  }
  /// The copy as the log gives it back.
  EventView CopyOf(const EventView& event, const CopyOptions& options) {
    record_.clear();
    AppendCopy(record_, event, options);
    EventView copy;
    EXPECT_TRUE(ReadRecord(record_, copy));
    return copy;
  }
  EventView event_;
  std::string record_;
};

TEST_F(CopyTest, IsANewEventThatNamesItsOriginal) {
  const EventView copy = CopyOf(event_, {.token = "t", .original = kOriginal});
  EXPECT_EQ(copy.id, ReplayedId("t", kOriginal));
  EXPECT_EQ(OriginalOf(copy), kOriginal);
  EXPECT_EQ(ReplayOf(copy), "t");
  EXPECT_EQ(copy.data, event_.data);
  EXPECT_EQ(copy.time, event_.time);
  EXPECT_TRUE(copy.idempotency_key.empty());
  EXPECT_TRUE(copy.scheduledat.empty());
}

TEST_F(CopyTest, TheSameReplayGivesTheSameIdAndAnotherDoesNot) {
  EXPECT_EQ(ReplayedId("t", kOriginal), ReplayedId("t", kOriginal));
  EXPECT_NE(ReplayedId("t", kOriginal), ReplayedId("u", kOriginal));
  EXPECT_NE(ReplayedId("t", kOriginal), ReplayedId("t", {Epoch{1000}, Sequence{8}}));
}

TEST_F(CopyTest, RulesSeeACopyOnlyWhereItFires) {
  EXPECT_TRUE(RulesSee(event_));
  EXPECT_FALSE(RulesSee(CopyOf(event_, {.token = "t", .original = kOriginal})));
  EXPECT_TRUE(RulesSee(CopyOf(event_, {.token = "t", .original = kOriginal, .fires = true})));
}

TEST_F(CopyTest, LengthensNoStreamOfItsOwnLog) {
  EXPECT_EQ(CopyOf(event_, {.token = "t", .original = kOriginal, .same_log = true}).stream, "");
  EXPECT_EQ(CopyOf(event_, {.token = "t", .original = kOriginal}).stream, "order-1");
}

TEST_F(CopyTest, OfACopyIsMarkedAsItsOwnReplays) {
  std::string first;
  AppendCopy(first, event_, {.token = "t", .original = kOriginal, .fires = true});
  EventView copy;
  ASSERT_TRUE(ReadRecord(first, copy));
  const Position second{Epoch{1000}, Sequence{9}};
  const EventView again = CopyOf(copy, {.token = "u", .original = second});
  EXPECT_EQ(OriginalOf(again), second);
  EXPECT_EQ(ReplayOf(again), "u");
  EXPECT_FALSE(RulesSee(again));
  EXPECT_EQ(again.extensions.size(), 3U);  // partner, replayof, replayid
}

}  // namespace
}  // namespace notify::agent::replay
