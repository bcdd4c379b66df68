#include "cli/template/batch.hpp"

#include <gtest/gtest.h>

#include "cli/value.hpp"

namespace notify::cli::templates {
namespace {

using template_engine::Missing;

Value Answer(std::string_view line, Missing missing = Missing::kError) {
  return Value::Parse(AnswerLine(line, missing)).value();
}

TEST(RenderBatch, AnswersOutput) {
  EXPECT_EQ(Answer(R"({"template":"Hi {{name}}","data":{"name":"<A>"}})").Text("output"),
            "Hi &lt;A&gt;");
}

TEST(RenderBatch, UsesPartialsAndOptions) {
  const auto answer = Answer(
      R"({"template":"{{> p}}","data":{"n":"<"},"partials":{"p":"[{{n}}]"},"options":{"noEscape":true}})");
  EXPECT_EQ(answer.Text("output"), "[<]");
}

TEST(RenderBatch, AnUnknownVariableIsWhatMissingSays) {
  const auto* const line = R"({"template":"{{x}}!","data":{}})";
  EXPECT_EQ(Answer(line).Text("error.code"), "template_data");
  EXPECT_EQ(Answer(line, Missing::kMarker).Text("output"), "[missing: x]!");
  EXPECT_EQ(Answer(line, Missing::kEmpty).Text("output"), "!");
}

TEST(RenderBatch, ARequestsOwnOptionsWin) {
  const auto strict =
      Answer(R"({"template":"{{x}}","data":{},"options":{"strict":true}})", Missing::kEmpty);
  EXPECT_EQ(strict.Text("error.code"), "template_data");
  const auto empty = Answer(R"({"template":"{{x}}","data":{},"options":{"missing":"empty"}})");
  EXPECT_EQ(empty.Text("output"), "");
}

TEST(RenderBatch, ErrorsSayWhere) {
  const auto error = Answer("{\"template\":\"ab\\n {{#if}}\",\"data\":{}}");
  EXPECT_EQ(error.Text("error.code"), "invalid_template");
  EXPECT_EQ(error.Integer("error.line"), 2);
  EXPECT_FALSE(error.Text("error.detail").empty());
}

TEST(RenderBatch, ALineThatIsNoRequestIsAnAnswerToo) {
  EXPECT_EQ(Answer("nope").Text("error.code"), "invalid_json");
  EXPECT_EQ(Answer("{}").Text("error.code"), "invalid_argument");
  EXPECT_EQ(Answer(R"({"template":"a","options":{"escape":"rot13"}})").Text("error.code"),
            "invalid_argument");
}

}  // namespace
}  // namespace notify::cli::templates
