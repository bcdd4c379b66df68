#include "common/template_engine/notification_template.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "common/template_engine/data.hpp"

namespace notify::template_engine {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

RenderedNotification RenderOne(const TemplateFiles& files, std::string_view channel,
                               const json& data, const TemplateFiles& partials = {}) {
  const auto compiled = NotificationTemplate::Compile(files, partials);
  if (!compiled) {
    ADD_FAILURE() << compiled.error().detail;
    return {};
  }
  auto rendered = compiled->Render(channel, data);
  if (rendered) return *rendered;
  ADD_FAILURE() << rendered.error().detail;
  return {};
}

TemplateError CompileError(const TemplateFiles& files, const TemplateFiles& partials = {}) {
  const auto compiled = NotificationTemplate::Compile(files, partials);
  return compiled ? TemplateError{} : compiled.error();
}

TemplateError RenderError(const TemplateFiles& files, std::string_view channel, const json& data) {
  const auto rendered = NotificationTemplate::Compile(files)->Render(channel, data);
  return rendered ? TemplateError{} : rendered.error();
}

const json kNasty = {{"x", "a\"b: {c}\n- \\ # <d>\xE2\x80\xA8"}};

TEST(NotificationTemplate, InAppIsTitleBodyAndData) {
  const auto in_app =
      RenderOne({{"in_app.yaml.hbs",
                  "title: \"Hi {{n}}\"\nbody: |\n  two\n  lines\ndata: {a: {{json n}} }\n"}},
                "in_app", {{"n", "Ada"}});
  EXPECT_EQ(in_app.title, "Hi Ada");
  EXPECT_EQ(in_app.body, "two\nlines");
  EXPECT_EQ(in_app.data_json, R"({"a":"Ada"})");
  EXPECT_EQ(in_app.content_type, "text/plain; charset=utf-8");
}

TEST(NotificationTemplate, NoValueBreaksOutOfYaml) {
  const auto in_app =
      RenderOne({{"in_app.yaml.hbs", "title: t\nbody: \"{{x}}\"\n"}}, "in_app", kNasty);
  EXPECT_EQ(in_app.body, kNasty["x"]);
}

TEST(NotificationTemplate, NoValueBreaksOutOfJson) {
  const auto webhook = RenderOne({{"webhook.json.hbs", "{\"title\":\"{{x}}\",\"v\":{{json x}} }"}},
                                 "webhook", kNasty);
  EXPECT_EQ(json::parse(webhook.body)["v"], kNasty["x"]);
  EXPECT_EQ(json::parse(webhook.body)["title"], kNasty["x"]);
  EXPECT_EQ(webhook.content_type, "application/json");
}

TEST(NotificationTemplate, ATitleIsOneLineWhateverTheData) {
  const json data = {{"s", "Hello\r\nBcc: all@example.com\t!"}};
  const TemplateFiles files = {{"email.subject.hbs", "{{s}}\n"},
                               {"email.html.hbs", "<p>{{s}}</p>\n"}};
  const auto email = RenderOne(files, "email", data);
  EXPECT_EQ(email.title, "Hello Bcc: all@example.com !");
  EXPECT_THAT(email.body, HasSubstr("all@example.com"));
}

TEST(NotificationTemplate, AMailHasHtmlAndTextEachEscapedInItsWay) {
  const TemplateFiles files = {{"email.subject.hbs", "{{x}}"},
                               {"email.html.hbs", "<b>{{x}}</b>"},
                               {"email.txt.hbs", "{{x}}\n"}};
  const auto email = RenderOne(files, "email", {{"x", "R&D"}});
  EXPECT_EQ(email.title, "R&D");
  EXPECT_EQ(email.body, "<b>R&amp;D</b>");
  EXPECT_EQ(email.text, "R&D");
  EXPECT_EQ(email.content_type, "text/html; charset=utf-8");
}

TEST(NotificationTemplate, AMailOfTextAloneIsPlain) {
  const auto email = RenderOne({{"email.txt.hbs", "hi\n"}}, "email", json::object());
  EXPECT_EQ(email.body, "hi");
  EXPECT_EQ(email.content_type, "text/plain; charset=utf-8");
}

TEST(NotificationTemplate, PartialsAndLayoutsServeEveryFile) {
  const TemplateFiles partials = {{"layouts/base", "[{{> @partial-block}}|{{> footer}}]"},
                                  {"footer", "{{tenant.name}}"}};
  const TemplateFiles files = {{"sms.hbs", "{{#> layouts/base}}{{x}}{{/layouts/base}}"},
                               {"email.html.hbs", "{{#> layouts/base}}{{x}}{{/layouts/base}}"}};
  const json data = {{"x", "<"}, {"tenant", {{"name", "R&D"}}}};
  EXPECT_EQ(RenderOne(files, "sms", data, partials).body, "[<|R&D]");
  EXPECT_EQ(RenderOne(files, "email", data, partials).body, "[&lt;|R&amp;D]");
}

TEST(NotificationTemplate, ALayoutMayShowWhatItsCallersDefine) {
  const TemplateFiles partials = {{"base", "<{{> content}}>"}};
  const TemplateFiles files = {
      {"sms.hbs", "{{#> base}}{{#*inline \"content\"}}c{{/inline}}{{/base}}"}};
  EXPECT_EQ(RenderOne(files, "sms", json::object(), partials).body, "<c>");
}

TEST(NotificationTemplate, AnUnknownPartialIsFoundWithoutRendering) {
  const auto error = CompileError({{"sms.hbs", "a\n {{> foter}}"}}, {{"footer", "f"}});
  EXPECT_EQ(error.code, Errc::kInvalidTemplate);
  EXPECT_EQ(error.detail, "there is no partial \"foter\"");
  EXPECT_EQ(error.hint, "did you mean \"footer\"?");
  EXPECT_EQ(error.line, 2);
}

TEST(NotificationTemplate, AnUnknownFileIsRefusedWithTheNearestName) {
  EXPECT_EQ(CompileError({{"in_app.yml.hbs", ""}}).hint, "did you mean \"in_app.yaml.hbs\"?");
  EXPECT_THAT(CompileError({{"samples/a.json", "{}"}}).detail,
              HasSubstr("no file for any channel"));
}

TEST(NotificationTemplate, TemplateYamlIsReadAndChecked) {
  const TemplateFiles files = {{"sms.hbs", "x"},
                               {"template.yaml", "id: a\nname: A\nchannels: [sms]\ntags: [t]\n"}};
  const auto compiled = NotificationTemplate::Compile(files);
  ASSERT_TRUE(compiled);
  EXPECT_EQ(compiled->about().id, "a");
  EXPECT_THAT(compiled->about().channels, ElementsAre("sms"));
  EXPECT_THAT(compiled->Channels(), ElementsAre("sms"));
}

TEST(NotificationTemplate, ATypoInTemplateYamlHasItsLine) {
  const auto error = CompileError({{"sms.hbs", "x"}, {"template.yaml", "id: a\nchanels: [sms]\n"}});
  EXPECT_EQ(error.line, 2);
  EXPECT_EQ(error.hint, "did you mean \"channels\"?");
}

TEST(NotificationTemplate, AChannelWithoutItsFileIsRefused) {
  const auto error =
      CompileError({{"sms.hbs", "x"}, {"template.yaml", "id: a\nchannels: [email]\n"}});
  EXPECT_EQ(error.detail, "the channel \"email\" has no file");
}

TEST(NotificationTemplate, OutputThatIsNotItsTypeIsAnError) {
  EXPECT_THAT(RenderError({{"webhook.json.hbs", "{\"a\":{{x}} }"}}, "webhook", {{"x", "b"}}).detail,
              HasSubstr("the output is not JSON"));
  EXPECT_THAT(
      RenderError({{"in_app.yaml.hbs", "title: {{x}}\nbody: b"}}, "in_app", {{"x", "[a"}}).detail,
      HasSubstr("the output is not YAML"));
  EXPECT_THAT(
      RenderError({{"in_app.yaml.hbs", "title: t\nbdy: b"}}, "in_app", json::object()).detail,
      HasSubstr("a field \"bdy\""));
}

TEST(NotificationTemplate, DataThatIsNoObjectIsAnError) {
  EXPECT_EQ(RenderError({{"sms.hbs", "x"}}, "sms", json::array()).code, Errc::kTemplateData);
}

TEST(NotificationTemplate, AChannelThatIsNotThereIsAnError) {
  EXPECT_EQ(RenderError({{"sms.hbs", "x"}}, "email", json::object()).code, Errc::kInvalidTemplate);
}

TEST(NotificationTemplate, OneFileRendersAlone) {
  const auto compiled = NotificationTemplate::Compile({{"sms.hbs", "x{{a}}\n"}});
  const Data data = Data::From(json{{"a", 1}});
  EXPECT_EQ(compiled->RenderFile("sms.hbs", data.value()).value(), "x1\n");
  EXPECT_THAT(compiled->Files(), ElementsAre("sms.hbs"));
}

}  // namespace
}  // namespace notify::template_engine
