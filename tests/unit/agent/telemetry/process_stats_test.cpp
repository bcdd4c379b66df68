#include "agent/telemetry/process_stats.hpp"

#include <gtest/gtest.h>

namespace notify::agent::telemetry {
namespace {

constexpr std::string_view kSelf =
    "4711 (no (t) ifyd) S 1 4711 4711 0 -1 4194560 1 0 0 0 250 150 0 0 20 0 6 0 9000 123456 300 "
    "18446744073709551615 1 1 0 0\n";
constexpr std::string_view kSystem = "cpu 1 2 3\nctxt 5\nbtime 1000\nprocesses 7\n";
constexpr KernelUnits kUnits = {.page_bytes = 4096, .ticks_per_second = 100};

TEST(ProcessStats, ReadsTheFieldsOfProc) {
  const auto stats = ParseProcessStats(kSelf, kSystem, kUnits);
  ASSERT_TRUE(stats);
  EXPECT_EQ(stats->resident_bytes, 300U * 4096U);
  EXPECT_DOUBLE_EQ(stats->cpu_seconds, 4.0);
  EXPECT_DOUBLE_EQ(stats->start_time_seconds, 1090.0);
  EXPECT_EQ(stats->threads, 6U);
}

TEST(ProcessStats, RefusesWhatProcDoesNotWrite) {
  for (const std::string_view text : {"", "4711", "4711 (x) S 1", "1 (x)"}) {
    EXPECT_EQ(ParseProcessStats(text, kSystem, kUnits).error().code, Errc::kUnavailable) << text;
  }
  EXPECT_FALSE(ParseProcessStats(kSelf, "cpu 1 2 3\n", kUnits));
  EXPECT_FALSE(ParseProcessStats(kSelf, "cpu 1\nbtime soon\n", kUnits));
}

TEST(ProcessStats, KnowsThisProcess) {
  const auto stats = ReadProcessStats();
  ASSERT_TRUE(stats);
  EXPECT_GT(stats->resident_bytes, 100'000U);
  EXPECT_GT(stats->start_time_seconds, 1.6e9);
  EXPECT_GE(stats->threads, 1U);
  EXPECT_GE(stats->open_fds, 1U);
}

}  // namespace
}  // namespace notify::agent::telemetry
