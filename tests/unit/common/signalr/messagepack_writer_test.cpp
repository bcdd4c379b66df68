#include "common/signalr/messagepack_writer.hpp"

#include <gtest/gtest.h>

#include "tests/unit/common/signalr/messagepack_bytes.hpp"

namespace notify::signalr::messagepack {
namespace {

std::string Signed(std::int64_t value) {
  std::string out;
  AppendSigned(out, value);
  return Hex(out);
}

// The header alone.
std::string StringHead(std::size_t size) {
  std::string out;
  AppendString(out, std::string(size, 'x'));
  return Hex(std::string_view(out).substr(0, out.size() - size));
}

// An array of nils whose size was known only at its end.
std::string LateArray(std::size_t size) {
  std::string out = "before";
  const std::size_t header = BeginArray(out);
  for (std::size_t i = 0; i < size; ++i) AppendNil(out);
  EndArray(out, header, size);
  return Hex(std::string_view(out).substr(6));
}

std::string Nils(std::size_t size) { return Hex(std::string(size, '\xc0')); }

TEST(MessagePackWriter, PositiveIntegersAreUnsignedAndAsNarrowAsTheyCanBe) {
  EXPECT_EQ(Signed(0), "00");
  EXPECT_EQ(Signed(127), "7f");
  EXPECT_EQ(Signed(128), "cc80");
  EXPECT_EQ(Signed(255), "ccff");
  EXPECT_EQ(Signed(256), "cd0100");
  EXPECT_EQ(Signed(65535), "cdffff");
  EXPECT_EQ(Signed(65536), "ce00010000");
  EXPECT_EQ(Signed(4294967295), "ceffffffff");
  EXPECT_EQ(Signed(4294967296), "cf0000000100000000");
}

TEST(MessagePackWriter, NegativeIntegersAreAsNarrowAsTheyCanBe) {
  EXPECT_EQ(Signed(-1), "ff");
  EXPECT_EQ(Signed(-32), "e0");
  EXPECT_EQ(Signed(-33), "d0df");
  EXPECT_EQ(Signed(-128), "d080");
  EXPECT_EQ(Signed(-129), "d1ff7f");
  EXPECT_EQ(Signed(-32768), "d18000");
  EXPECT_EQ(Signed(-32769), "d2ffff7fff");
  EXPECT_EQ(Signed(-2147483648), "d280000000");
  EXPECT_EQ(Signed(-2147483649), "d3ffffffff7fffffff");
  EXPECT_EQ(Signed(INT64_MIN), "d38000000000000000");
}

TEST(MessagePackWriter, UnsignedIntegersUseAll64Bits) {
  std::string out;
  AppendUnsigned(out, 18446744073709551615U);
  EXPECT_EQ(Hex(out), "cfffffffffffffffff");
}

TEST(MessagePackWriter, FloatsHave64Bits) {
  std::string out;
  AppendFloat64(out, -1.5);
  EXPECT_EQ(Hex(out), "cbbff8000000000000");
}

TEST(MessagePackWriter, StringsHaveTheSmallestHeader) {
  EXPECT_EQ(StringHead(0), "a0");
  EXPECT_EQ(StringHead(31), "bf");
  EXPECT_EQ(StringHead(32), "d920");
  EXPECT_EQ(StringHead(255), "d9ff");
  EXPECT_EQ(StringHead(256), "da0100");
  EXPECT_EQ(StringHead(65535), "daffff");
  EXPECT_EQ(StringHead(65536), "db00010000");
}

TEST(MessagePackWriter, ArraysAndMapsHaveTheSmallestHeader) {
  std::string out;
  for (const std::size_t size : {15U, 16U, 65535U, 65536U}) AppendArrayHeader(out, size);
  EXPECT_EQ(Hex(out), "9fdc0010dcffffdd00010000");
  out.clear();
  for (const std::size_t size : {15U, 16U, 65535U, 65536U}) AppendMapHeader(out, size);
  EXPECT_EQ(Hex(out), "8fde0010deffffdf00010000");
}

TEST(MessagePackWriter, AHeaderMayGrowWhenItsContentIsThere) {
  EXPECT_EQ(LateArray(0), "90");
  EXPECT_EQ(LateArray(15), "9f" + Nils(15));
  EXPECT_EQ(LateArray(16), "dc0010" + Nils(16));
  EXPECT_EQ(LateArray(65536), "dd00010000" + Nils(65536));
}

TEST(MessagePackWriter, TheHeaderOfAMapGrowsLikewise) {
  std::string out;
  const std::size_t header = BeginMap(out);
  out += "content";
  EndMap(out, header, 16);
  EXPECT_EQ(Hex(out), "de0010" + Hex("content"));
}

}  // namespace
}  // namespace notify::signalr::messagepack
