#include "common/signalr/messagepack_time.hpp"

#include <gtest/gtest.h>

#include "tests/unit/common/signalr/messagepack_bytes.hpp"

namespace notify::signalr::messagepack {
namespace {

std::optional<std::string> Formatted(std::string_view hex) { return FormatTime(Bytes(hex)); }

TEST(MessagePackTime, ReadsSecondsIn32Bits) {
  EXPECT_EQ(Formatted("00 00 00 00"), "1970-01-01T00:00:00Z");
  EXPECT_EQ(Formatted("ff ff ff ff"), "2106-02-07T06:28:15Z");
}

TEST(MessagePackTime, ReadsNanosecondsAnd34BitsOfSeconds) {
  EXPECT_EQ(Formatted("1d cd 65 00 00 00 00 01"), "1970-01-01T00:00:01.125Z");
  EXPECT_EQ(Formatted("00 00 00 03 ff ff ff ff"), "2514-05-30T01:53:03Z");
}

TEST(MessagePackTime, ReadsNanosecondsAnd64BitsOfSeconds) {
  EXPECT_EQ(Formatted("00 00 00 01 ff ff ff ff ff ff ff ff"), "1969-12-31T23:59:59.000000001Z");
}

TEST(MessagePackTime, WritesOnlyTheDigitsOfTheSecondThatItNeeds) {
  EXPECT_EQ(Formatted("1d cd 65 00 00 00 00 00 00 00 00 00"), "1970-01-01T00:00:00.5Z");
  EXPECT_EQ(Formatted("3b 9a c9 ff 00 00 00 00 00 00 00 00"), "1970-01-01T00:00:00.999999999Z");
}

TEST(MessagePackTime, KnowsYearsOfFourDigitsAndNoOthers) {
  EXPECT_EQ(Formatted("00 00 00 00 ff ff ff f1 86 8b 84 00"), "0000-01-01T00:00:00Z");
  EXPECT_EQ(Formatted("00 00 00 00 00 00 00 3a ff f4 41 7f"), "9999-12-31T23:59:59Z");
  EXPECT_FALSE(Formatted("00 00 00 00 ff ff ff f1 86 8b 83 ff"));
  EXPECT_FALSE(Formatted("00 00 00 00 00 00 00 3a ff f4 41 80"));
  EXPECT_FALSE(Formatted("00 00 00 00 80 00 00 00 00 00 00 00"));
}

TEST(MessagePackTime, RefusesAWholeSecondOfNanoseconds) {
  EXPECT_FALSE(Formatted("3b 9a ca 00 00 00 00 00 00 00 00 00"));
  EXPECT_FALSE(Formatted("ff ff ff fc 00 00 00 00"));
}

TEST(MessagePackTime, RefusesOtherSizes) {
  EXPECT_FALSE(Formatted(""));
  EXPECT_FALSE(Formatted("00 00 00 00 00"));
}

}  // namespace
}  // namespace notify::signalr::messagepack
