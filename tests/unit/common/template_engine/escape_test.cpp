#include "common/template_engine/escape.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/common/template_engine/rendering.hpp"

namespace notify::template_engine {
namespace {

using testing_support::Rendered;

std::string Escaped(Escape escape, std::string_view text) {
  std::string out;
  AppendEscaped(escape, text, out);
  return out;
}

std::string AllAscii() {
  std::string text;
  for (char c = 1; c < 127; ++c) text += c;
  return text + "\x7Fäé€😀\xC2\x85\xE2\x80\xA8\xE2\x80\xA9\xEF\xBB\xBF";
}

TEST(Escape, HtmlIsThatOfHandlebarsJs) {
  EXPECT_EQ(Escaped(Escape::kHtml, "&<>\"'`="), "&amp;&lt;&gt;&quot;&#x27;&#x60;&#x3D;");
  EXPECT_EQ(Escaped(Escape::kHtml, "ä/\\\n"), "ä/\\\n");
}

TEST(Escape, JsonReadsBackAsTheSameText) {
  const std::string text = AllAscii();
  const std::string json = "\"" + Escaped(Escape::kJson, text) + "\"";
  EXPECT_EQ(nlohmann::json::parse(json).get<std::string>(), text);
}

TEST(Escape, YamlReadsBackAsTheSameText) {
  const std::string text = AllAscii();
  const auto yaml = Data::ParseYaml("a: \"" + Escaped(Escape::kYaml, text) + "\"");
  ASSERT_TRUE(yaml) << yaml.error().detail;
  EXPECT_EQ(yaml->value().Find("a").text(), text);
}

TEST(Escape, YamlKeepsTextThatOnlyLooksSpecial) {
  EXPECT_EQ(Escaped(Escape::kYaml, "Â£ € ﾃ"), "Â£ € ﾃ");
}

TEST(Escape, NoneChangesNothing) { EXPECT_EQ(Escaped(Escape::kNone, "<&\"\n"), "<&\"\n"); }

TEST(Escape, VariablesAreEscapedForTheirOutputAndRawOnesAreNot) {
  const std::string json = R"({"a":"<\"\n>"})";
  EXPECT_EQ(Rendered("{{a}}", json), "&lt;&quot;\n&gt;");
  EXPECT_EQ(Rendered("{{a}}", json, {.escape = Escape::kJson}), "<\\\"\\n>");
  EXPECT_EQ(Rendered("{{{a}}}{{&a}}", json, {.escape = Escape::kJson}), "<\"\n><\"\n>");
  EXPECT_EQ(Rendered("{{a}}", json, {.escape = Escape::kNone}), "<\"\n>");
}

TEST(Escape, JsonValuesAreNotEscapedTwice) {
  const std::string json = R"({"a":{"b":["<",1.5,null,true]}})";
  EXPECT_EQ(Rendered("{{json a}}", json, {.escape = Escape::kJson}),
            R"({"b":["<",1.5,null,true]})");
  EXPECT_EQ(Rendered("{{json a.b}}", json), "[&quot;&lt;&quot;,1.5,null,true]");
}

TEST(Escape, AnArrayIsEscapedAsTheTextThatItMakes) {
  EXPECT_EQ(Rendered("{{a}} {{{a}}}", R"({"a":["<",[1,null]]})"), "&lt;,1, <,1,");
}

}  // namespace
}  // namespace notify::template_engine
