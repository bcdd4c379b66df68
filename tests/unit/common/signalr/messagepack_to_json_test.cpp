#include "common/signalr/messagepack_to_json.hpp"

#include <gtest/gtest.h>

#include "tests/unit/common/signalr/messagepack_bytes.hpp"

namespace notify::signalr::messagepack {
namespace {

Result<std::string> Translated(const std::string& bytes, int max_depth = 64) {
  std::string json;
  Reader reader(bytes);
  if (auto done = AppendJson(json, reader, max_depth); !done) return done.error();
  return json;
}

std::string Json(std::string_view hex) {
  const auto json = Translated(Bytes(hex));
  return json ? *json : json.error().detail;
}

Errc CodeOf(const std::string& bytes, int max_depth = 64) {
  const auto json = Translated(bytes, max_depth);
  return json ? Errc::kInterrupted : json.error().code;
}

TEST(MessagePackToJson, TranslatesNilAndBooleans) {
  EXPECT_EQ(Json("c0"), "null");
  EXPECT_EQ(Json("c2"), "false");
  EXPECT_EQ(Json("c3"), "true");
}

TEST(MessagePackToJson, IntegersKeepAllTheirDigits) {
  EXPECT_EQ(Json("cf ff ff ff ff ff ff ff ff"), "18446744073709551615");
  EXPECT_EQ(Json("d3 80 00 00 00 00 00 00 00"), "-9223372036854775808");
  EXPECT_EQ(Json("d3 00 00 00 00 00 00 00 2a"), "42");
}

TEST(MessagePackToJson, FloatsHaveTheShortestTextThatReadsBack) {
  EXPECT_EQ(Json("cb 3f b9 99 99 99 99 99 9a"), "0.1");
  EXPECT_EQ(Json("ca 3d cc cc cd"), "0.1");
  EXPECT_EQ(Json("cb 7f ef ff ff ff ff ff ff"), "1.7976931348623157e+308");
  EXPECT_EQ(Json("cb 80 00 00 00 00 00 00 01"), "-5e-324");
}

TEST(MessagePackToJson, AFloatThatIsWholeIsWrittenAsAnInteger) {
  EXPECT_EQ(Json("ca 42 28 00 00"), "42");
  EXPECT_EQ(Json("ca 5a 00 00 00"), "9007199254740992");
  EXPECT_EQ(Json("cb 40 f8 6a 00 00 00 00 00"), "100000");
  EXPECT_EQ(Json("cb c3 3f ff ff ff ff ff ff"), "-9007199254740991");
  EXPECT_EQ(Json("cb 43 40 00 00 00 00 00 00"), "9007199254740992");
  EXPECT_EQ(Json("cb 44 b5 2d 02 c7 e1 4a f6"), "1e+23");
}

TEST(MessagePackToJson, RefusesNumbersThatJsonHasNot) {
  EXPECT_EQ(CodeOf(Bytes("cb 7f f8 00 00 00 00 00 00")), Errc::kInvalidArgument);
  EXPECT_EQ(CodeOf(Bytes("cb ff f0 00 00 00 00 00 00")), Errc::kInvalidArgument);
  EXPECT_EQ(CodeOf(Bytes("ca 7f 80 00 00")), Errc::kInvalidArgument);
}

TEST(MessagePackToJson, EscapesStringsAndKeys) {
  EXPECT_EQ(Json("a3 22 0a 5c"), R"("\"\n\\")");
  EXPECT_EQ(Json("81 a1 22 a4 f0 9f 98 80"), "{\"\\\"\":\"\U0001F600\"}");
}

TEST(MessagePackToJson, RefusesTextThatIsNotUtf8) {
  EXPECT_EQ(CodeOf(Bytes("a1 ff")), Errc::kInvalidArgument);
  EXPECT_EQ(CodeOf(Bytes("81 a1 ff c0")), Errc::kInvalidArgument);
}

TEST(MessagePackToJson, BytesBecomeBase64) {
  EXPECT_EQ(Json("c4 04 ff fe 00 01"), "\"//4AAQ==\"");
  EXPECT_EQ(Json("c4 00"), "\"\"");
}

TEST(MessagePackToJson, TimestampsBecomeIso8601) {
  EXPECT_EQ(Json("d6 ff 00 00 00 01"), "\"1970-01-01T00:00:01Z\"");
  EXPECT_EQ(Json("d7 ff 77 35 94 00 00 00 00 00"), "\"1970-01-01T00:00:00.5Z\"");
  EXPECT_EQ(Json("c7 0c ff 00 00 00 00 ff ff ff ff ff ff ff ff"), "\"1969-12-31T23:59:59Z\"");
}

TEST(MessagePackToJson, RefusesOtherExtensions) {
  EXPECT_EQ(CodeOf(Bytes("d6 01 00 00 00 01")), Errc::kInvalidArgument);
  EXPECT_EQ(CodeOf(Bytes("d4 ff 00")), Errc::kInvalidArgument);
}

TEST(MessagePackToJson, TranslatesArraysAndMapsInTheirOrder) {
  EXPECT_EQ(Json("90"), "[]");
  EXPECT_EQ(Json("80"), "{}");
  EXPECT_EQ(Json("93 01 90 82 a1 62 02 a1 61 91 c0"), R"([1,[],{"b":2,"a":[null]}])");
}

TEST(MessagePackToJson, RefusesKeysThatAreNoStrings) {
  for (const auto* hex : {"81 01 02", "81 c0 02", "81 c4 01 61 02", "81 90 02"}) {
    EXPECT_EQ(CodeOf(Bytes(hex)), Errc::kInvalidArgument) << hex;
  }
}

TEST(MessagePackToJson, TakesOneValueOffTheReader) {
  const std::string bytes = Bytes("91 01 02");
  Reader reader(bytes);
  std::string json = "before ";
  ASSERT_TRUE(AppendJson(json, reader, 64));
  EXPECT_EQ(json, "before [1]");
  EXPECT_EQ(std::get<std::uint64_t>(reader.Next().value()), 2U);
}

TEST(MessagePackToJson, RefusesAValueThatIsCutShortAnywhere) {
  const std::string whole = Bytes("82 a1 61 92 01 c4 01 00 a1 62 cb 00 00 00 00 00 00 00 00");
  ASSERT_EQ(CodeOf(whole), Errc::kInterrupted);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(CodeOf(whole.substr(0, size)), Errc::kInvalidArgument) << size;
  }
}

TEST(MessagePackToJson, CountsDepthAndNotSiblings) {
  EXPECT_EQ(CodeOf(Bytes("92 91 c0 81 a1 61 c0"), 2), Errc::kInterrupted);
  EXPECT_EQ(CodeOf(Bytes("91 91 90"), 2), Errc::kJsonTooDeep);
  EXPECT_EQ(CodeOf(Bytes("91 81 a1 61 80"), 2), Errc::kJsonTooDeep);
  EXPECT_EQ(CodeOf(std::string(100000, '\x91')), Errc::kJsonTooDeep);
}

TEST(MessagePackToJson, SaysWhatIsWrong) {
  EXPECT_EQ(Json("ca 7f 80 00 00"),
            "Error reading MessagePack. NaN and Infinity are no JSON numbers.");
  EXPECT_EQ(Json("c1"),
            "Error reading MessagePack. It ends too early, or has a byte that begins no value.");
}

}  // namespace
}  // namespace notify::signalr::messagepack
