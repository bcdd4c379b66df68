#include "common/signalr/messagepack_frame.hpp"

#include <gtest/gtest.h>

#include "tests/unit/common/signalr/messagepack_bytes.hpp"

namespace notify::signalr {
namespace {

constexpr std::size_t kLargest = 0x7FFFFFFF;

Result<std::optional<std::string_view>> Take(const std::string& bytes, std::size_t max) {
  std::string_view input = bytes;
  return TakeFrame(input, max);
}

Errc CodeOf(std::string_view hex, std::size_t max = kLargest) {
  const auto taken = Take(Bytes(hex), max);
  return taken ? Errc::kInterrupted : taken.error().code;
}

TEST(MessagePackFrame, TakesOneBodyAndLeavesTheRest) {
  const std::string bytes = Bytes("02 91 06 01");
  std::string_view input = bytes;
  EXPECT_EQ(Hex(TakeFrame(input, kLargest).value().value()), "9106");
  EXPECT_EQ(Hex(input), "01");
}

TEST(MessagePackFrame, WaitsForTheWholeBodyAndTakesNothing) {
  for (const auto* hex : {"", "05", "05 01", "80", "80 80", "ff ff ff ff"}) {
    const std::string bytes = Bytes(hex);
    std::string_view input = bytes;
    EXPECT_FALSE(TakeFrame(input, kLargest).value()) << hex;
    EXPECT_EQ(input.size(), bytes.size()) << hex;
  }
}

TEST(MessagePackFrame, ReadsTheLengthsThatItWrites) {
  for (const std::size_t size : {0U, 1U, 127U, 128U, 5248U, 16383U, 16384U, 2097152U}) {
    const std::string framed = Framed(std::string(size, 'x'));
    EXPECT_EQ(Take(framed, kLargest).value().value().size(), size);
  }
}

TEST(MessagePackFrame, WritesTheLengthWithItsLowBitsFirst) {
  EXPECT_EQ(Hex(Framed(std::string(53, 'x'))).substr(0, 4), "3578");
  EXPECT_EQ(Hex(Framed(std::string(5248, 'x'))).substr(0, 6), "802978");
}

TEST(MessagePackFrame, PutsTheLengthInFrontOfTheLastMessageOnly) {
  std::string out = Bytes("02 91 06") + Bytes("91 06");
  InsertFrameLength(out, 3);
  EXPECT_EQ(Hex(out), "029106029106");
}

TEST(MessagePackFrame, RefusesALengthAbove31Bits) {
  EXPECT_EQ(CodeOf("ff ff ff ff 07"), Errc::kInterrupted);
  EXPECT_EQ(CodeOf("80 80 80 80 08"), Errc::kInvalidArgument);
  EXPECT_EQ(CodeOf("80 80 80 80 80"), Errc::kInvalidArgument);
}

TEST(MessagePackFrame, RefusesALengthAboveTheLimitBeforeTheBodyComes) {
  EXPECT_EQ(CodeOf("02 91 06", 2), Errc::kInterrupted);
  EXPECT_EQ(CodeOf("03 91", 2), Errc::kBodyTooLarge);
  EXPECT_EQ(CodeOf("ff ff ff ff 07", 2), Errc::kBodyTooLarge);
}

}  // namespace
}  // namespace notify::signalr
