#include "common/signalr/messagepack_from_json.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "common/signalr/messagepack_to_json.hpp"
#include "tests/unit/common/signalr/messagepack_bytes.hpp"

namespace notify::signalr::messagepack {
namespace {

std::string Translated(std::string_view json) {
  // Exactly as long as the text, so that a sanitizer sees the first byte beyond it.
  const std::unique_ptr<char[]> copy(new char[json.size()]);
  json.copy(copy.get(), json.size());
  std::string out;
  AppendFromJson(out, std::string_view(copy.get(), json.size()));
  return Hex(out);
}

std::string Items(std::size_t count, const std::string& item) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += (i > 0 ? "," : "") + item;
  return text;
}

// Whether the bytes are one value and no more.
bool IsOneValue(const std::string& bytes) {
  std::string json;
  Reader reader(bytes);
  return AppendJson(json, reader, 1000) && !reader.Next();
}

TEST(MessagePackFromJson, TranslatesLiterals) {
  EXPECT_EQ(Translated("null"), "c0");
  EXPECT_EQ(Translated("false"), "c2");
  EXPECT_EQ(Translated("true"), "c3");
}

TEST(MessagePackFromJson, IntegersOf64BitsStayExact) {
  EXPECT_EQ(Translated("42"), "2a");
  EXPECT_EQ(Translated("-33"), "d0df");
  EXPECT_EQ(Translated("18446744073709551615"), "cfffffffffffffffff");
  EXPECT_EQ(Translated("9223372036854775808"), "cf8000000000000000");
  EXPECT_EQ(Translated("-9223372036854775808"), "d38000000000000000");
}

TEST(MessagePackFromJson, OtherNumbersAreFloats) {
  EXPECT_EQ(Translated("1.5"), "cb3ff8000000000000");
  EXPECT_EQ(Translated("1.0"), "cb3ff0000000000000");
  EXPECT_EQ(Translated("-15E-1"), "cbbff8000000000000");
  EXPECT_EQ(Translated("1e0"), "cb3ff0000000000000");
  EXPECT_EQ(Translated("18446744073709551616"), "cb43f0000000000000");
  EXPECT_EQ(Translated("-9223372036854775809"), "cbc3e0000000000000");
}

TEST(MessagePackFromJson, NumbersBeyondAFloatsRangeAreWhatJsonParseMakesOfThem) {
  EXPECT_EQ(Translated("1e400"), "cb7ff0000000000000");
  EXPECT_EQ(Translated("-1e400"), "cbfff0000000000000");
  EXPECT_EQ(Translated("1e-400"), "cb0000000000000000");
  EXPECT_EQ(Translated("5e-324"), "cb0000000000000001");
}

TEST(MessagePackFromJson, DecodesStrings) {
  EXPECT_EQ(Translated(R"("")"), "a0");
  EXPECT_EQ(Translated(R"("plain")"), "a5" + Hex("plain"));
  EXPECT_EQ(Translated(R"("a\"\\\/\b\f\n\r\t\u0041")"), "aa" + Hex("a\"\\/\b\f\n\r\tA"));
  EXPECT_EQ(Translated(R"("\ud83d\ude00")"), "a4" + Hex("\U0001F600"));
  EXPECT_EQ(Translated("\"\U0001F600\""), "a4" + Hex("\U0001F600"));
}

TEST(MessagePackFromJson, AnEscapedStringHasTheHeaderOfWhatItSays) {
  EXPECT_EQ(Translated('"' + std::string(30, 'x') + R"(\n")").substr(0, 2), "bf");
  EXPECT_EQ(Translated('"' + std::string(31, 'x') + R"(\n")").substr(0, 4), "d920");
}

TEST(MessagePackFromJson, HalfASurrogatePairBecomesTheReplacementCharacter) {
  EXPECT_EQ(Translated(R"("a\ud800b")"), "a5" + Hex("a\uFFFD"
                                                    "b"));
  EXPECT_EQ(Translated(R"("\udc00\ud800\n")"), "a7" + Hex("\uFFFD\uFFFD\n"));
}

TEST(MessagePackFromJson, TranslatesArraysAndObjectsInTheirOrder) {
  EXPECT_EQ(Translated("[]"), "90");
  EXPECT_EQ(Translated("{}"), "80");
  EXPECT_EQ(Translated(R"([1,[],{"b":2,"\u0061":[null]}])"), "93019082a16202a16191c0");
}

TEST(MessagePackFromJson, SkipsBlanks) {
  EXPECT_EQ(Translated(" \t\r\n[ 1 , { \"a\" : 2 , \"b\" : [ ] } , { } ] "),
            "930182a16102a1629080");
}

TEST(MessagePackFromJson, ArraysAndObjectsHaveTheSmallestHeader) {
  EXPECT_EQ(Translated('[' + Items(15, "1") + ']').substr(0, 4), "9f01");
  EXPECT_EQ(Translated('[' + Items(16, "1") + ']').substr(0, 8), "dc001001");
  EXPECT_EQ(Translated('[' + Items(65536, "1") + ']').substr(0, 12), "dd0001000001");
  EXPECT_EQ(Translated('{' + Items(15, R"("a":1)") + '}').substr(0, 8), "8fa16101");
  EXPECT_EQ(Translated('{' + Items(16, R"("a":1)") + '}').substr(0, 12), "de0010a16101");
}

TEST(MessagePackFromJson, LargeArraysInsideEachOtherKeepTheirContent) {
  const std::string inner = '[' + Items(16, "1") + ']';
  const std::string hex = Translated('[' + Items(16, inner) + ",2]");
  const std::string expected = "dc0010" + Hex(std::string(16, '\x01'));
  EXPECT_EQ(hex.substr(0, 6 + expected.size()), "dc0011" + expected);
  EXPECT_EQ(hex.substr(hex.size() - expected.size() - 2), expected + "02");
}

TEST(MessagePackFromJson, AppendsBehindWhatIsThere) {
  std::string out = "x";
  AppendFromJson(out, '[' + Items(16, "1") + ']');
  EXPECT_EQ(Hex(out).substr(0, 8), "78dc0010");
}

TEST(MessagePackFromJson, EveryPieceOfATextBecomesOneWholeValue) {
  const std::string text = R"({"a":[1.5e1,-2,"x\u0041\ud83d\ude00",{}],"b":{"c":true},"d":null})";
  for (std::size_t begin = 0; begin < text.size(); ++begin) {
    for (std::size_t size = 0; begin + size <= text.size(); ++size) {
      EXPECT_TRUE(IsOneValue(Bytes(Translated(text.substr(begin, size))))) << begin << ' ' << size;
    }
  }
}

TEST(MessagePackFromJson, WhatIsNestedBeyondAllMeasureEndsInNil) {
  EXPECT_EQ(Translated(std::string(256, '[') + std::string(256, ']')),
            Hex(std::string(255, '\x91') + '\x90'));
  EXPECT_EQ(Translated(std::string(100000, '[')), Hex(std::string(256, '\x91') + '\xc0'));
}

}  // namespace
}  // namespace notify::signalr::messagepack
