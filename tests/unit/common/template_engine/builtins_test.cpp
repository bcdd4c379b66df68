#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/common/template_engine/rendering.hpp"

namespace notify::template_engine {
namespace {

using ::testing::HasSubstr;
using testing_support::Rendered;

TEST(Builtins, DefaultTakesTheFirstThatIsThere) {
  EXPECT_EQ(Rendered("{{default a b \"c\"}}", R"({"a":"","b":"B"})"), "B");
  EXPECT_EQ(Rendered("{{default a \"c\"}}", R"({"a":0})"), "0");
  EXPECT_EQ(Rendered("{{default a \"c\"}}", R"({"a":false})"), "false");
}

TEST(Builtins, EqAndNeDoNotConvert) {
  EXPECT_EQ(Rendered("{{eq a 1}} {{eq a \"1\"}} {{ne a 1}}", R"({"a":1})"), "true false false");
}

TEST(Builtins, LtAndGtOrderNumbersAndTexts) {
  EXPECT_EQ(Rendered("{{lt 2 10}} {{gt 2 10}} {{lt \"a\" \"b\"}}"), "true false true");
  EXPECT_THAT(Rendered("{{lt 2 \"10\"}}"), HasSubstr("lt compares two numbers or two texts"));
}

TEST(Builtins, ConditionsAreBlocksToo) {
  EXPECT_EQ(Rendered("{{#eq a 1}}one{{else}}other{{/eq}}", R"({"a":2})"), "other");
  EXPECT_EQ(Rendered("{{#not a}}none{{/not}}"), "none");
}

TEST(Builtins, AndOrAnswerWithOneOfTheirArguments) {
  EXPECT_EQ(Rendered("{{or a b}} {{and a b}}", R"({"a":"","b":"B"})"), "B ");
  EXPECT_EQ(Rendered("{{#if (or a b)}}x{{else}}y{{/if}}", R"({"a":[],"b":0})"), "y");
}

TEST(Builtins, CaseReachesBeyondAscii) {
  EXPECT_EQ(Rendered("{{upper \"grüße šķ éà дом λόγος\"}}"), "GRÜßE ŠĶ ÉÀ ДОМ ΛόΓΟς");
  EXPECT_EQ(Rendered("{{lower \"ÄÖÜ ŽŁ ДОМ ÿ ÷\"}}"), "äöü žł дом ÿ ÷");
}

TEST(Builtins, NumberRoundsTheDigitsThatPeopleSee) {
  EXPECT_EQ(Rendered("{{number 1.005 2}} {{number 2.675 2}} {{number 0.5 0}}"), "1.01 2.68 1");
  EXPECT_EQ(Rendered("{{number 999.999 2}} {{number 3 decimals=3}} {{number 9.5 0}}"),
            "1000.00 3.000 10");
  EXPECT_EQ(Rendered("{{number -0.001 2}} {{number -1234567.891 2 group=\",\"}}"),
            "0.00 -1,234,567.89");
  EXPECT_EQ(Rendered("{{number \"12.5\"}} {{number 1e21 0}}", R"({"e":1})").substr(0, 6), "!1:28 ");
}

TEST(Builtins, NumberRefusesWhatIsNone) {
  EXPECT_THAT(Rendered("{{number a}}", R"({"a":"12x"})"), HasSubstr("this is none"));
  EXPECT_THAT(Rendered("{{number 1 21}}"), HasSubstr("0 to 20 decimals"));
}

TEST(Builtins, JoinTakesAList) {
  EXPECT_EQ(Rendered("{{join a \" / \"}} {{join a}}", R"({"a":["x",2,null]})"), "x / 2 /  x, 2, ");
  EXPECT_THAT(Rendered("{{join a}}", R"({"a":1})"), HasSubstr("join takes a list"));
}

TEST(Builtins, AVariableOfAHelpersNameIsAVariable) {
  EXPECT_EQ(Rendered("{{number}} {{json}}", R"({"number":7,"json":"x"})"), "7 x");
  EXPECT_EQ(Rendered("{{number number 1}}", R"({"number":7})"), "7.0");
}

TEST(Builtins, EveryHelperHasAnExample) {
  for (const Helper& helper : BuiltinHelpers()) {
    EXPECT_NE(helper.example.find(helper.name), std::string_view::npos) << helper.name;
    EXPECT_NE(helper.example.find(" → "), std::string_view::npos) << helper.name;
  }
}

Value Twice(HelperCall& call) {
  call.Arg(0).AppendText(call.buffer());
  call.Arg(0).AppendText(call.buffer());
  return call.Text();
}

TEST(Builtins, ACallerBringsHelpersOfItsOwn) {
  static constexpr Helper kOwn[] = {{"twice", Twice, 1, 1, false, false, "{{twice \"a\"}} → aa"}};
  EXPECT_EQ(Rendered("{{twice \"<\"}}", "{}", {}, {.helpers = kOwn}), "&lt;&lt;");
}

}  // namespace
}  // namespace notify::template_engine
