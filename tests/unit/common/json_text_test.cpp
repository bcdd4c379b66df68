#include "common/json_text.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace notify {
namespace {

std::string Quoted(std::string_view text) {
  std::string out;
  AppendJsonString(out, text);
  return out;
}

TEST(JsonText, PutsQuotesAroundPlainText) {
  EXPECT_EQ(Quoted(""), R"("")");
  EXPECT_EQ(Quoted("a long plain text of more than eight bytes"),
            R"("a long plain text of more than eight bytes")");
}

TEST(JsonText, EscapesQuoteAndBackslash) { EXPECT_EQ(Quoted(R"(a"b\c)"), R"("a\"b\\c")"); }

TEST(JsonText, UsesTheShortEscapes) { EXPECT_EQ(Quoted("\b\f\n\r\t"), R"("\b\f\n\r\t")"); }

TEST(JsonText, WritesOtherControlCharactersAsHex) {
  EXPECT_EQ(Quoted(std::string_view("\0\x1e\x1f", 3)), R"("\u0000\u001e\u001f")");
}

TEST(JsonText, CopiesWhatNeedsNoEscape) {
  EXPECT_EQ(Quoted("/\x7f\u05e9\u2028\U0001F600 \x20"), "\"/\x7f\u05e9\u2028\U0001F600 \x20\"");
}

TEST(JsonText, FindsTheOneBadByteAtEveryPlaceOfALongText) {
  for (std::size_t place = 0; place < 40; ++place) {
    std::string text(40, '\xC3');
    text[place] = '"';
    std::string expected = "\"" + text + "\"";
    expected.insert(place + 1, 1, '\\');
    EXPECT_EQ(Quoted(text), expected) << place;
  }
}

TEST(JsonText, EscapesEveryByteThatMustBeAndNoOther) {
  for (int byte = 0; byte < 256; ++byte) {
    const bool must = byte < 0x20 || byte == '"' || byte == '\\';
    const std::string text(16, static_cast<char>(byte));
    EXPECT_EQ(Quoted(text).size() == 18, !must) << byte;
  }
}

TEST(JsonText, AppendsToWhatIsThere) {
  std::string out = "{\"a\":";
  AppendJsonString(out, "b");
  EXPECT_EQ(out, R"({"a":"b")");
}

}  // namespace
}  // namespace notify
