#include "common/signalr/messagepack_reader.hpp"

#include <gtest/gtest.h>

#include "tests/unit/common/signalr/messagepack_bytes.hpp"

namespace notify::signalr::messagepack {
namespace {

std::string Padded(std::string_view hex, std::size_t size) {
  return Bytes(hex) + std::string(size, 'x');
}

template <typename Wanted>
Wanted Read(const std::string& bytes) {
  return std::get<Wanted>(Reader(bytes).Next().value());
}

bool Refuses(const std::string& bytes) { return !Reader(bytes).Next(); }

TEST(MessagePackReader, ReadsNilAndBooleans) {
  EXPECT_TRUE(std::holds_alternative<Nil>(Reader("\xc0").Next().value()));
  EXPECT_FALSE(Read<bool>("\xc2"));
  EXPECT_TRUE(Read<bool>("\xc3"));
}

TEST(MessagePackReader, ReadsUnsignedIntegersOfEveryWidth) {
  EXPECT_EQ(Read<std::uint64_t>(Bytes("7f")), 127U);
  EXPECT_EQ(Read<std::uint64_t>(Bytes("cc ff")), 255U);
  EXPECT_EQ(Read<std::uint64_t>(Bytes("cd 01 02")), 0x0102U);
  EXPECT_EQ(Read<std::uint64_t>(Bytes("ce 01 02 03 04")), 0x01020304U);
  EXPECT_EQ(Read<std::uint64_t>(Bytes("cf ff ff ff ff ff ff ff ff")), 18446744073709551615U);
}

TEST(MessagePackReader, ReadsSignedIntegersOfEveryWidth) {
  EXPECT_EQ(Read<std::int64_t>(Bytes("e0")), -32);
  EXPECT_EQ(Read<std::int64_t>(Bytes("d0 80")), -128);
  EXPECT_EQ(Read<std::int64_t>(Bytes("d1 80 00")), -32768);
  EXPECT_EQ(Read<std::int64_t>(Bytes("d2 80 00 00 00")), -2147483648);
  EXPECT_EQ(Read<std::int64_t>(Bytes("d3 80 00 00 00 00 00 00 00")), INT64_MIN);
}

TEST(MessagePackReader, ASignedIntegerThatIsNotNegativeIsAnUnsignedOne) {
  EXPECT_EQ(Read<std::uint64_t>(Bytes("d0 05")), 5U);
  EXPECT_EQ(Read<std::uint64_t>(Bytes("d3 00 00 00 00 00 00 00 00")), 0U);
}

TEST(MessagePackReader, ReadsFloats) {
  EXPECT_EQ(Read<float>(Bytes("ca 3f c0 00 00")), 1.5F);
  EXPECT_EQ(Read<double>(Bytes("cb bf f8 00 00 00 00 00 00")), -1.5);
}

TEST(MessagePackReader, ReadsStringsWithEveryHeader) {
  EXPECT_EQ(Read<String>(Padded("a0", 0)).text, "");
  EXPECT_EQ(Read<String>(Padded("bf", 31)).text.size(), 31U);
  EXPECT_EQ(Read<String>(Padded("d9 ff", 255)).text.size(), 255U);
  EXPECT_EQ(Read<String>(Padded("da 01 00", 256)).text.size(), 256U);
  EXPECT_EQ(Read<String>(Padded("db 00 01 00 00", 65536)).text.size(), 65536U);
}

TEST(MessagePackReader, ReadsBytesWithEveryHeader) {
  EXPECT_EQ(Read<Binary>(Padded("c4 03", 3)).bytes, "xxx");
  EXPECT_EQ(Read<Binary>(Padded("c5 01 00", 256)).bytes.size(), 256U);
  EXPECT_EQ(Read<Binary>(Padded("c6 00 01 00 00", 65536)).bytes.size(), 65536U);
}

TEST(MessagePackReader, ReadsExtensionsWithEveryHeader) {
  for (const auto& [head, size] : {std::pair("d4 ff", 1U),
                                   {"d5 ff", 2U},
                                   {"d6 ff", 4U},
                                   {"d7 ff", 8U},
                                   {"d8 ff", 16U},
                                   {"c7 05 ff", 5U},
                                   {"c8 01 00 ff", 256U},
                                   {"c9 00 01 00 00 ff", 65536U}}) {
    const std::string bytes = Padded(head, size);
    EXPECT_EQ(Read<Extension>(bytes).type, -1) << head;
    EXPECT_EQ(Read<Extension>(bytes).bytes.size(), size) << head;
  }
}

TEST(MessagePackReader, ReadsTheSizesOfArraysAndMaps) {
  EXPECT_EQ(Read<Array>(Padded("9f", 15)).size, 15U);
  EXPECT_EQ(Read<Array>(Padded("dc 00 10", 16)).size, 16U);
  EXPECT_EQ(Read<Array>(Padded("dd 00 00 00 01", 1)).size, 1U);
  EXPECT_EQ(Read<Map>(Padded("8f", 30)).size, 15U);
  EXPECT_EQ(Read<Map>(Padded("de 00 10", 32)).size, 16U);
  EXPECT_EQ(Read<Map>(Padded("df 00 00 00 01", 2)).size, 1U);
}

TEST(MessagePackReader, GoesOnBehindAnItem) {
  const std::string bytes = Bytes("92 a1 61 05");
  Reader reader(bytes);
  reader.Next();
  EXPECT_EQ(std::get<String>(reader.Next().value()).text, "a");
  EXPECT_EQ(std::get<std::uint64_t>(reader.Next().value()), 5U);
  EXPECT_FALSE(reader.Next());
}

TEST(MessagePackReader, RefusesEveryItemThatIsCutShort) {
  for (const auto* hex : {"a2 61", "c4",          "c4 01",       "c5 00",
                          "c7 01", "c7 01 ff",    "ca 00 00 00", "cb 00",
                          "cc",    "cd 00",       "ce 00 00 00", "cf 00 00 00 00 00 00 00",
                          "d0",    "d1 00",       "d3 00",       "d4",
                          "d4 ff", "d8 ff 00",    "d9",          "d9 01",
                          "da 00", "db 00 00 00", "dc 00",       "dd 00 00",
                          "de",    "df 00 00 00"}) {
    EXPECT_TRUE(Refuses(Bytes(hex))) << hex;
  }
}

TEST(MessagePackReader, RefusesASizeThatTheBytesCannotHold) {
  EXPECT_TRUE(Refuses(Padded("92", 1)));
  EXPECT_TRUE(Refuses(Padded("82", 3)));
  EXPECT_TRUE(Refuses(Padded("dd ff ff ff ff", 100)));
  EXPECT_TRUE(Refuses(Padded("df ff ff ff ff", 100)));
  EXPECT_TRUE(Refuses(Padded("db ff ff ff ff", 100)));
}

TEST(MessagePackReader, RefusesTheByteThatIsNeverUsed) { EXPECT_TRUE(Refuses(Bytes("c1 00"))); }

}  // namespace
}  // namespace notify::signalr::messagepack
