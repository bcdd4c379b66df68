#include "common/signalr/json_scanner.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "common/utf8.hpp"
#include "tests/support/vectors.hpp"

namespace notify::signalr {
namespace {

bool Accepts(std::string_view text, int max_depth = 1000) {
  JsonScanner scanner(text, max_depth);
  return IsUtf8(text) && scanner.Value() && scanner.End();
}

TEST(JsonScanner, AgreesWithTheJsonTestSuite) {
  const auto folder = testing_support::VectorsFolder("json-test-suite");
  if (!folder) GTEST_SKIP() << "No vectors: set NOTIFY_VECTORS to the folder that holds them.";
  int compared = 0;
  for (const auto& file : std::filesystem::directory_iterator(*folder + "/test_parsing")) {
    const std::string name = file.path().filename();
    if (name[0] == 'i') continue;  // implementations may differ
    EXPECT_EQ(Accepts(testing_support::ReadFile(file.path())), name[0] == 'y') << name;
    ++compared;
  }
  EXPECT_GT(compared, 250);
}

TEST(JsonScanner, AcceptsNumbersThatFitNoType) {
  for (const auto* number : {"1e400", "-0", "0.5E-999", "99999999999999999999999999"}) {
    EXPECT_TRUE(Accepts(number)) << number;
  }
}

TEST(JsonScanner, ReturnsAValueWithoutTheBlanksAround) {
  JsonScanner scanner(" \t\r\n [1, 2] ", 10);
  EXPECT_EQ(scanner.Value(), "[1, 2]");
  EXPECT_TRUE(scanner.End());
}

TEST(JsonScanner, SaysWhereTheTextIsWrong) {
  JsonScanner scanner("[1,x]", 10);
  EXPECT_FALSE(scanner.Value());
  EXPECT_EQ(scanner.Fault().code, Errc::kInvalidJson);
  EXPECT_EQ(scanner.Fault().detail, "Error reading JSON. It is wrong at byte 3.");
}

TEST(JsonScanner, CountsDepthAndNotSiblings) {
  EXPECT_TRUE(Accepts("[[],[],{}]", 2));
  EXPECT_FALSE(Accepts("[[[]]]", 2));
  JsonScanner scanner("[{\"a\":[]}]", 2);
  EXPECT_FALSE(scanner.Value());
  EXPECT_EQ(scanner.Fault().code, Errc::kJsonTooDeep);
}

TEST(DecodeJsonString, UndoesEveryEscape) {
  EXPECT_EQ(DecodeJsonString(R"("\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC\ud83d\ude00")"),
            "\"\\/\b\f\n\r\tA\u00e9\u20ac\U0001F600");
  EXPECT_EQ(DecodeJsonString(R"("plain")"), "plain");
}

TEST(DecodeJsonString, RefusesHalfASurrogatePair) {
  for (const auto* text :
       {R"("\ud800")", R"("\ud800x")", R"("\udc00")", R"("\ud800\u0041")", R"("\ud800\n\udc00")"}) {
    EXPECT_FALSE(DecodeJsonString(text)) << text;
  }
}

TEST(AppendDecodedJsonString, ReplacesHalfASurrogatePair) {
  std::string out = "before ";
  AppendDecodedJsonString(out, R"("a\ud800\u0041\udc00\ud83d\ude00")");
  EXPECT_EQ(out,
            "before a\uFFFD"
            "A\uFFFD\U0001F600");
}

TEST(DecodeJsonInteger, TakesPlainIntegersThatFit) {
  EXPECT_EQ(DecodeJsonInteger("-12"), -12);
  EXPECT_FALSE(DecodeJsonInteger("1.0"));
  EXPECT_FALSE(DecodeJsonInteger("1e2"));
  EXPECT_FALSE(DecodeJsonInteger("9223372036854775808"));
  EXPECT_FALSE(DecodeJsonInteger("\"1\""));
}

}  // namespace
}  // namespace notify::signalr
