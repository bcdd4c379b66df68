#include "common/websocket/extensions.hpp"

#include <gtest/gtest.h>

namespace notify::websocket {
namespace {

// The list as it was read, in one spelling: `a; b=1, c`; `malformed` where it breaks the grammar.
std::string Read(std::string_view header_value) {
  const auto extensions = ParseExtensions(header_value);
  if (!extensions) return "malformed";
  std::string text;
  for (const auto& extension : *extensions) {
    if (!text.empty()) text += ", ";
    text += extension.name;
    for (const auto& [name, value] : extension.parameters) {
      text.append("; ").append(name);
      if (value) text.append("=").append(*value);
    }
  }
  return text;
}

TEST(Extensions, OfAnAbsentHeaderAreNone) { EXPECT_EQ(Read(""), ""); }

TEST(Extensions, AreReadInTheirOrderWithTheirParameters) {
  EXPECT_EQ(Read("foo, bar; baz=2"), "foo, bar; baz=2");
  EXPECT_EQ(Read("deflate-stream, mux; max-channels=4; flow-control, deflate-stream"),
            "deflate-stream, mux; max-channels=4; flow-control, deflate-stream");
}

TEST(Extensions, MayHaveBlanksAnywhereBetweenTokens) {
  EXPECT_EQ(Read(" foo ;\tbar = 1 ,baz;q=\"2\" "), "foo; bar=1, baz; q=2");
}

TEST(Extensions, LoseTheQuotesOfAValue) {
  EXPECT_EQ(Read(R"(a; b="10")"), "a; b=10");
  EXPECT_EQ(Read(R"(a; b="1\0")"), "a; b=10");
}

TEST(Extensions, MayHaveEmptyPlacesInTheirList) { EXPECT_EQ(Read(", foo,, bar,"), "foo, bar"); }

TEST(Extensions, KeepAParameterThatComesTwice) { EXPECT_EQ(Read("a; b; b=1"), "a; b; b=1"); }

TEST(Extensions, AreMalformedWhereTheGrammarIsBroken) {
  for (const std::string_view bad :
       {"a b", "a;", "a; ;b", "a; =1", "a; b=", "a; b=,c", ";a", "a=1", "a; b=1 2", "a; b=\"1",
        "a; b=\"\"", "a; b=\"1 2\"", "a; b=\"1,2\"", "a; b=\"1\\", "a; b=\"1\"2", "a\r\nb", "(a)",
        "a; b=\xC3\xA9"}) {
    EXPECT_EQ(Read(bad), "malformed") << bad;
  }
}

}  // namespace
}  // namespace notify::websocket
