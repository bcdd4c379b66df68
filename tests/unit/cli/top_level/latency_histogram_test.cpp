#include "cli/top_level/latency_histogram.hpp"

#include <gtest/gtest.h>

namespace notify::cli::top_level {
namespace {

using namespace std::chrono_literals;

TEST(LatencyHistogramTest, OfNothingEveryQuantileIsZero) {
  EXPECT_EQ(LatencyHistogram().Quantile(0.5), 0ns);
}

TEST(LatencyHistogramTest, EachTimeIsWithinOneAndAHalfPercentAndNeverTooSmall) {
  for (const std::int64_t ns : {0, 1, 63, 64, 127, 128, 1'000, 999'983, 123'456'789}) {
    LatencyHistogram times;
    times.Add(std::chrono::nanoseconds(ns));
    const auto said = times.Quantile(1).count();
    EXPECT_GE(said, ns);
    EXPECT_LE(static_cast<double>(said), static_cast<double>(ns) * 1.016) << ns;
  }
}

TEST(LatencyHistogramTest, AQuantileIsTheNearestRank) {
  LatencyHistogram times;
  times.Add(10ns, 98);
  times.Add(20ns);
  times.Add(30ns);
  EXPECT_EQ(times.Quantile(0.5), 10ns);
  EXPECT_EQ(times.Quantile(0.98), 10ns);
  EXPECT_EQ(times.Quantile(0.99), 20ns);
  EXPECT_EQ(times.Quantile(0.999), 30ns);
  EXPECT_EQ(times.count(), 100U);
}

TEST(LatencyHistogramTest, ANegativeTimeCountsAsZero) {
  LatencyHistogram times;
  times.Add(-5ns);
  EXPECT_EQ(times.Quantile(1), 0ns);
}

TEST(LatencyHistogramTest, TheLongestTimesHaveTheirPlaceToo) {
  LatencyHistogram times;
  times.Add(std::chrono::nanoseconds::max());
  EXPECT_GE(times.Quantile(1), std::chrono::hours(24 * 365));
}

}  // namespace
}  // namespace notify::cli::top_level
