#include "cli/moment.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "common/model/rfc3339.hpp"

namespace notify::cli {
namespace {

std::string At(const std::string& at, const std::string& zone = {}, const std::string& in = {}) {
  const auto resolved = ResolveWhen({at, zone, in}, *ParseRfc3339("2026-06-30T12:00:00Z"));
  return resolved ? *resolved : resolved.error().detail;
}
bool Refused(const std::string& at, const std::string& zone = {}, const std::string& in = {}) {
  const auto resolved = ResolveWhen({at, zone, in}, *ParseRfc3339("2026-06-30T12:00:00Z"));
  return !resolved && resolved.error().code == Errc::kUsage;
}

TEST(When, ATimeWithItsOffsetIsThatMoment) {
  EXPECT_EQ(At("2026-07-01T09:00:00+02:00"), "2026-07-01T07:00:00.000Z");
}

TEST(When, ALocalTimeIsOfItsZone) {
  EXPECT_EQ(At("2026-07-01T09:00", "Europe/Berlin"), "2026-07-01T07:00:00.000Z");
  EXPECT_EQ(At("2026-12-01 09:00:30", "Europe/Berlin"), "2026-12-01T08:00:30.000Z");
  EXPECT_EQ(At("2026-07-01T09:00", "Asia/Kathmandu"), "2026-07-01T03:15:00.000Z");
  EXPECT_EQ(At("2026-07-01T09:00", "UTC"), "2026-07-01T09:00:00.000Z");
}

TEST(When, ADurationIsFromNow) { EXPECT_EQ(At("", "", "1h30m"), "2026-06-30T13:30:00.000Z"); }

TEST(When, AnHourThatTheClocksSkipIsRefused) {
  EXPECT_TRUE(Refused("2026-03-29T02:30", "Europe/Berlin"));
  EXPECT_EQ(At("2026-03-29T03:00", "Europe/Berlin"), "2026-03-29T01:00:00.000Z");
}

TEST(When, AnHourThatTheClocksShowTwiceIsRefusedWithBothMoments) {
  const auto resolved =
      ResolveWhen({"2026-10-25T02:30", "Europe/Berlin", ""}, *ParseRfc3339("2026-06-30T12:00:00Z"));
  ASSERT_FALSE(resolved);
  EXPECT_NE(resolved.error().hint.find("2026-10-25T00:30:00.000Z or 2026-10-25T01:30:00.000Z"),
            std::string::npos)
      << resolved.error().hint;
}

TEST(When, WhatIsNotClearIsRefused) {
  EXPECT_TRUE(Refused("2026-07-01T09:00"));
  EXPECT_TRUE(Refused("2026-07-01T09:00:00Z", "Europe/Berlin"));
  EXPECT_TRUE(Refused("2026-07-01T09:00", "Europe/Nowhere"));
  EXPECT_TRUE(Refused("2026-07-01T09:00", "../../etc/passwd"));
  EXPECT_TRUE(Refused("tomorrow", "Europe/Berlin"));
  EXPECT_TRUE(Refused("2026-02-30T09:00", "Europe/Berlin"));
  EXPECT_TRUE(Refused("", "Europe/Berlin"));
  EXPECT_TRUE(Refused("", "Europe/Berlin", "10m"));
  EXPECT_TRUE(Refused("2026-07-01T09:00:00Z", "", "10m"));
  EXPECT_TRUE(Refused("", "", "soon"));
}

TEST(When, TheProcesssOwnZoneStaysAsItWas) {
  ::setenv("TZ", "America/New_York", 1);
  At("2026-07-01T09:00", "Europe/Berlin");
  EXPECT_STREQ(std::getenv("TZ"), "America/New_York");
  ::unsetenv("TZ");
}

}  // namespace
}  // namespace notify::cli
