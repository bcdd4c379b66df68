#include "tests/unit/cli/command_line.hpp"

namespace notify::cli::templates {
namespace {

class TemplateCommands : public testing_support::CommandLineTest {};

TEST_F(TemplateCommands, RenderPrintsTheTextAlone) {
  const auto file = File("hi.hbs", "Hi {{name}}");
  const auto data = File("d.json", R"({"name":"<A>"})");
  EXPECT_EQ(Run({"template", "render", file, "--data", data}), 0);
  EXPECT_EQ(out(), "Hi &lt;A&gt;");
}

TEST_F(TemplateCommands, RenderEscapesByTheFilesEnding) {
  const auto data = File("d.json", R"({"name":"<\"A\">"})");
  EXPECT_EQ(Run({"template", "render", File("hi.txt.hbs", "{{name}}"), "--data", data}), 0);
  EXPECT_EQ(out(), "<\"A\">");
  EXPECT_EQ(Run({"template", "render", File("hi.json.hbs", "{{name}}"), "--data", data}), 0);
  EXPECT_EQ(out(), "<\\\"A\\\">");
  EXPECT_EQ(Run({"template", "render", Path("hi.json.hbs"), "--data", data, "--escape", "none"}),
            0);
  EXPECT_EQ(out(), "<\"A\">");
}

TEST_F(TemplateCommands, RenderReadsPartialsBelowAFolder) {
  File("p/row.hbs", "<{{n}}>");
  File("p/sub/x.hbs", "sub");
  const auto file = File("t.txt.hbs", "{{> row}}{{> sub/x}}");
  const auto data = File("d.json", R"({"n":1})");
  EXPECT_EQ(Run({"template", "render", file, "--data", data, "--partials", Path("p")}), 0);
  EXPECT_EQ(out(), "<1>sub");
}

TEST_F(TemplateCommands, RenderHasThreeAnswersToWhatIsMissing) {
  const auto file = File("t.txt.hbs", "[{{x}}]");
  EXPECT_EQ(Run({"template", "render", file}), 8);
  EXPECT_EQ(Run({"template", "render", file, "--missing", "marker"}), 0);
  EXPECT_EQ(out(), "[[missing: x]]");
  EXPECT_EQ(Run({"template", "render", file, "--missing", "empty"}), 0);
  EXPECT_EQ(out(), "[]");
  EXPECT_EQ(Run({"template", "render", file, "--missing", "guess"}), 2);
}

TEST_F(TemplateCommands, BatchAnswersALineForALine) {
  pretend.input = "{\"template\":\"a\"}\n\n{\"template\":\"{{\"}\n{\"template\":\"c\"}";
  EXPECT_EQ(Run("template render --batch"), 0);
  EXPECT_TRUE(out().starts_with("{\"output\":\"a\"}\n{\"error\":{")) << out();
  EXPECT_TRUE(out().ends_with("\n{\"output\":\"c\"}\n")) << out();
}

TEST_F(TemplateCommands, ListAndGetAskTheAgent) {
  api.Answers("listTemplates", R"({"items":[{"id":"paid","version":2}],"next":null})")
      .Answers("getTemplate", R"({"id":"paid","files":{"log.txt.hbs":"x {{y}}"}})");
  EXPECT_EQ(Run("templates list -o name"), 0);
  EXPECT_EQ(out(), "paid\n");
  EXPECT_EQ(Run("template get paid"), 0);
  EXPECT_EQ(out(), "ID  paid\n\n--- log.txt.hbs\nx {{y}}\n");
}

}  // namespace
}  // namespace notify::cli::templates
