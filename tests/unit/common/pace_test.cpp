#include "common/pace.hpp"

#include <gtest/gtest.h>

namespace notify {
namespace {

using namespace std::chrono_literals;

PaceLimit Limit(std::string_view pace, std::optional<std::uint32_t> burst = {}) {
  return {Pace::Parse(pace), burst};
}

TEST(PaceText, IsACountInAnInterval) {
  EXPECT_EQ(Pace::Parse("100/1s"), (Pace{100, 1s}));
  EXPECT_EQ(Pace::Parse("5/1h"), (Pace{5, 1h}));
  EXPECT_EQ(Pace::Parse("1000000/1ms"), (Pace{1'000'000, 1ms}));
  EXPECT_EQ(Pace::Parse("5/10m")->ToString(), "5/10m");
}

TEST(PaceText, RefusesWhatIsNoneOrBeyondTheBounds) {
  for (const char* text : {"", "5", "/1s", "5/", "0/1s", "5/0s", "-5/1s", "1000001/1s", "5/61m",
                           "5/1us", "5/1s ", " 5/1s", "5 /1s", "5/1s/1s", "99999999999/1s"}) {
    EXPECT_FALSE(Pace::Parse(text)) << text;
  }
}

TEST(PaceLimitTest, WithoutABurstThePacesCountMayComeAtOnce) {
  EXPECT_EQ(Limit("20/1s").Burst(), 20U);
  EXPECT_EQ(Limit("20/1s", 3).Burst(), 3U);
}

TEST(PaceLimitTest, TwoNarrowedAllowNoMoreThanEither) {
  EXPECT_EQ(Narrowed(Limit("20/1s", 5), Limit("10/1m", 9)), Limit("10/1m", 5));
  EXPECT_EQ(Narrowed(Limit("100/1h"), Limit("1/1m")), Limit("1/1m", 1));
  EXPECT_EQ(Narrowed(Limit("1000000/1h"), Limit("999999/1h")), Limit("999999/1h", 999'999));
}

TEST(PaceLimitTest, NoLimitTakesNothingAway) {
  EXPECT_EQ(Narrowed({}, Limit("10/1m")), Limit("10/1m"));
  EXPECT_EQ(Narrowed(Limit("10/1m", 4), {}), Limit("10/1m", 4));
  EXPECT_EQ(Narrowed({}, {}), PaceLimit{});
}

}  // namespace
}  // namespace notify
