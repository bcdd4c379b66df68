#include "common/units.hpp"

#include <gtest/gtest.h>

namespace notify {
namespace {

using namespace std::chrono_literals;

TEST(Duration, ReadsNumbersWithUnits) {
  EXPECT_EQ(ParseDuration("15s").value(), 15s);
  EXPECT_EQ(ParseDuration("500ms").value(), 500ms);
  EXPECT_EQ(ParseDuration("1h30m").value(), 90min);
  EXPECT_EQ(ParseDuration("7d").value(), 168h);
  EXPECT_EQ(ParseDuration("0").value(), 0s);
}

TEST(Duration, RefusesWhatPeopleMayMeanDifferently) {
  for (const auto* text : {"", "15", "s", "-1s", "1.5s", "15 s", "1m1h", "1s1s", "15S", "40000d",
                           "99999999999999999999s", "1h ", "0x10s"}) {
    EXPECT_FALSE(ParseDuration(text).has_value()) << text;
  }
}

TEST(Duration, FormatIsReadBackAsTheSame) {
  for (const auto value : {0ns, 1ns, 1500us + 0ns, 90min + 0ns, 24h + 0ns, 36h + 0ns, 168h + 1ns}) {
    EXPECT_EQ(ParseDuration(FormatDuration(value)).value(), value) << FormatDuration(value);
  }
  EXPECT_EQ(FormatDuration(15s), "15s");
  EXPECT_EQ(FormatDuration(24h), "24h");
  EXPECT_EQ(FormatDuration(168h), "7d");
}

TEST(Size, ReadsBinaryAndDecimalUnits) {
  EXPECT_EQ(ParseSize("8MiB").value(), 8U << 20);
  EXPECT_EQ(ParseSize("320KiB").value(), 327'680U);
  EXPECT_EQ(ParseSize("10MB").value(), 10'000'000U);
  EXPECT_EQ(ParseSize("4096").value(), 4096U);
}

TEST(Size, RefusesUnknownUnitsAndOverflow) {
  for (const auto* text :
       {"", "MiB", "1mib", "-1", "1.5MiB", "8 MiB", "9223372036854775808", "99999999TiB"}) {
    EXPECT_FALSE(ParseSize(text).has_value()) << text;
  }
}

TEST(Size, FormatIsReadBackAsTheSame) {
  for (const std::uint64_t value : {0ULL, 1ULL, 1500ULL, 8ULL << 20, (1ULL << 40) + 1}) {
    EXPECT_EQ(ParseSize(FormatSize(value)).value(), value);
  }
  EXPECT_EQ(FormatSize(8U << 20), "8MiB");
}

}  // namespace
}  // namespace notify
