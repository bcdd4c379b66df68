#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/common/template_engine/rendering.hpp"

namespace notify::template_engine {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using testing_support::Rendered;

TemplateError ErrorOf(std::string_view source, const CompileOptions& options = {}) {
  const auto compiled = Template::Compile(source, "page", options);
  return compiled ? TemplateError{} : compiled.error();
}

std::string Repeated(std::string_view text, int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

TEST(SyntaxError, NamesTemplateLineAndColumn) {
  const TemplateError error = ErrorOf("a\nb {{#if x}}c");
  EXPECT_EQ(error.code, Errc::kInvalidTemplate);
  EXPECT_EQ(error.template_name, "page");
  EXPECT_EQ(error.line, 2);
  EXPECT_EQ(error.column, 13);
  EXPECT_EQ(error.detail, "expected `{{/if}}`, but the template ends");
}

TEST(SyntaxError, BecomesAnErrorWithTheSamePlace) {
  const Error error = ErrorOf("\n {{/if}}").ToError();
  EXPECT_EQ(error.code, Errc::kInvalidTemplate);
  EXPECT_THAT(error.detail, StartsWith("page:2:2: "));
  EXPECT_EQ(error.errors.at(0).line, 2);
}

TEST(SyntaxError, AClosingTagMustMatch) {
  EXPECT_EQ(Rendered("{{#if a}}{{/unless}}"), "!1:4 if doesn't match unless");
}

TEST(SyntaxError, AnUnknownHelperGetsASuggestion) {
  EXPECT_EQ(Rendered("{{uper name}}"), "!1:3 unknown helper \"uper\" (did you mean \"upper\"?)");
  EXPECT_THAT(Rendered("{{#eech list}}{{/eech}}"), HasSubstr("did you mean \"each\"?"));
}

TEST(SyntaxError, HelpersCountTheirArguments) {
  EXPECT_EQ(Rendered("{{upper a b}}"), "!1:3 upper requires 1 argument");
  EXPECT_EQ(Rendered("{{default a}}"), "!1:3 default requires 2 or more arguments");
  EXPECT_EQ(Rendered("{{#if}}{{/if}}"), "!1:4 if requires exactly one argument");
}

TEST(SyntaxError, AHelperThatIsNoBlockSaysSo) {
  EXPECT_EQ(Rendered("{{#upper a}}{{/upper}}"), "!1:4 upper is not a block: {{upper …}}");
  EXPECT_EQ(Rendered("{{if a}}"), "!1:3 if is a block: {{#if …}}");
}

TEST(SyntaxError, InvalidUtf8AndNulHaveTheirPlace) {
  EXPECT_EQ(Rendered("ok\n\xC3("), "!2:1 the text is not UTF-8");
  EXPECT_EQ(Rendered(std::string_view("a\0b", 3)), "!1:2 the text holds a NUL character");
}

TEST(SyntaxError, CommentsAndRawBlocksMustEnd) {
  EXPECT_EQ(Rendered("a {{!-- b }}"), "!1:3 a comment is not closed");
  EXPECT_EQ(Rendered("{{{{raw}}}} b"), "!1:12 a raw block is not closed");
}

TEST(SyntaxError, DeepNestingIsRefusedAndNotRecursedInto) {
  EXPECT_THAT(ErrorOf(Repeated("{{#a}}", 100000)).detail, HasSubstr("nest deeper than 128"));
  EXPECT_THAT(ErrorOf("{{a " + Repeated("(b ", 100000)).detail, HasSubstr("nest deeper than 128"));
  EXPECT_THAT(ErrorOf("{{#if a}}" + Repeated("{{else if a}}", 10000)).detail,
              HasSubstr("nest deeper than 128"));
}

TEST(SyntaxError, ALargeSourceIsRefused) {
  EXPECT_THAT(ErrorOf(std::string(10U << 20U, 'x')).detail, HasSubstr("larger than 1048576 bytes"));
}

TEST(SyntaxError, ALongUnclosedBracketTakesNoTime) {
  EXPECT_THAT(ErrorOf("{{" + std::string(900'000, '[')).detail, HasSubstr("but found `[`"));
}

TEST(SyntaxError, InlineIsTheOnlyDecorator) {
  EXPECT_THAT(Rendered("{{* foo}}"), HasSubstr("the only decorator"));
  EXPECT_THAT(Rendered("{{#*inline name}}{{/inline}}"), HasSubstr("a name in quotes"));
}

}  // namespace
}  // namespace notify::template_engine
