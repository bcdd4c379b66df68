#include "agent/ingress/http/date.hpp"

#include <gtest/gtest.h>

namespace notify::agent::ingress {
namespace {

TEST(HttpDate, HasTheFormOfTheDateHeader) {
  using std::chrono::seconds;
  EXPECT_EQ(HttpDate(Clock::WallTime(seconds(784'111'777))), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(HttpDate(Clock::WallTime(seconds(1'709'164'800))), "Thu, 29 Feb 2024 00:00:00 GMT");
}

}  // namespace
}  // namespace notify::agent::ingress
