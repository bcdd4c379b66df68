#include "common/model/rfc3339.hpp"

#include <gtest/gtest.h>

namespace notify {
namespace {

TEST(Rfc3339, ReadsBackWhatItWrites) {
  const auto time = ParseRfc3339("2026-06-30T12:34:56.789Z");
  ASSERT_TRUE(time.has_value());
  EXPECT_EQ(FormatRfc3339(*time), "2026-06-30T12:34:56.789Z");
}

TEST(Rfc3339, OffsetsAndFractionsOfAnyLengthAreTheSameMoment) {
  EXPECT_EQ(ParseRfc3339("2026-06-30T14:00:00+02:00"), ParseRfc3339("2026-06-30T12:00:00.000000Z"));
  EXPECT_EQ(ParseRfc3339("2026-01-01t00:30:00-00:30"), ParseRfc3339("2026-01-01T01:00:00z"));
}

TEST(Rfc3339, RefusesWhatIsNoTime) {
  for (const char* bad : {"", "2026-06-30", "2026-02-30T00:00:00Z", "2026-06-30T24:00:00Z",
                          "2026-06-30T12:00:00", "2026-06-30 12:00:00Z", "2026-06-30T12:00:00.Z",
                          "2026-06-30T12:00:00+2:00", "2026-13-01T00:00:00Z"}) {
    EXPECT_FALSE(IsRfc3339(bad)) << bad;
  }
}

}  // namespace
}  // namespace notify
