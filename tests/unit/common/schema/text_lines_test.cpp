#include "common/schema/text_lines.hpp"

#include <gtest/gtest.h>

namespace notify::schema {
namespace {

std::map<std::string, int, std::less<>> LinesOf(std::string_view text) {
  std::map<std::string, int, std::less<>> lines;
  EXPECT_TRUE(ReadLines(text, lines).empty());
  return lines;
}

TEST(TextLines, EachValueHasTheLineOfItsName) {
  const auto lines = LinesOf("{\n\"a\":\n1,\n\"b\": [\n2,\n{\"c\": 3}]}");
  EXPECT_EQ(lines.at(""), 1);
  EXPECT_EQ(lines.at("/a"), 2);
  EXPECT_EQ(lines.at("/b"), 4);
  EXPECT_EQ(lines.at("/b/0"), 5);
  EXPECT_EQ(lines.at("/b/1/c"), 6);
}

TEST(TextLines, NamesAreTokensOfAPointer) {
  EXPECT_EQ(LinesOf("{\"a/b\": 1,\n \"~\\u00e9\\\"\": 2}").at("/~0é\""), 2);
}

TEST(TextLines, BlankLinesAndCarriageReturnsAreCountedOnce) {
  EXPECT_EQ(LinesOf("\r\n\r\n{\r\n\"a\": \"x\\n\",\r\n\"b\": 2}").at("/b"), 5);
}

TEST(TextLines, AMemberThatAppearsTwiceIsTold) {
  std::map<std::string, int, std::less<>> lines;
  const auto twice = ReadLines("{\"a\": 1,\n\"a\": 2}", lines);
  ASSERT_EQ(twice.size(), 1U);
  EXPECT_EQ(twice[0].pointer, "/a");
  EXPECT_EQ(twice[0].line, 2);
}

TEST(TextLines, ASyntaxErrorHasTheLineWhereTheTextStopsBeingJson) {
  EXPECT_EQ(SyntaxErrorLine("{\n\"a\": 1,\n}"), 3);
  EXPECT_EQ(SyntaxErrorLine(""), 1);
}

}  // namespace
}  // namespace notify::schema
