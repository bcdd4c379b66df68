#include "agent/telemetry/buckets.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace notify::agent::telemetry {
namespace {

TEST(Buckets, RiseFromBoundToBound) {
  EXPECT_TRUE(std::ranges::is_sorted(kTimeBounds, std::ranges::less_equal{}));
  EXPECT_TRUE(std::ranges::is_sorted(kCountBounds, std::ranges::less_equal{}));
  EXPECT_EQ(kTimeBounds.front(), 100'000U);
  EXPECT_EQ(kTimeBounds.back(), 10'000'000'000U);
}

TEST(Buckets, IncludeTheirUpperBoundAndNothingAbove) {
  for (std::size_t i = 0; i < kTimeBounds.size(); ++i) {
    EXPECT_EQ(BucketOf(kTimeBounds, kTimeBounds[i]), i);
    EXPECT_EQ(BucketOf(kTimeBounds, kTimeBounds[i] + 1), i + 1);
  }
}

TEST(Buckets, TakeZeroInTheFirstAndTheLargestInTheLast) {
  EXPECT_EQ(BucketOf(kCountBounds, 0), 0U);
  EXPECT_EQ(BucketOf(kCountBounds, ~std::uint64_t{0}), kCountBounds.size());
}

}  // namespace
}  // namespace notify::agent::telemetry
