#include "cli/template/preview.hpp"

#include "tests/unit/cli/command_line.hpp"

namespace notify::cli::templates {
namespace {

class TemplatePreview : public testing_support::CommandLineTest {
 protected:
  TemplatePreview() {
    File("paid/template.yaml", "id: paid\nname: Paid\ndescription: Says so.\n");
    File("paid/in_app.yaml.hbs", "title: \"Order {{data.order}}\"\nbody: \"Paid, {{user.id}}\"\n");
    File("paid/log.txt.hbs", "order {{data.order}}\n");
    File("paid/samples/b.json", R"({"data":{"order":2},"user":{"id":"bob"}})");
    File("paid/samples/a.json", R"({"data":{"order":1},"user":{"id":"ann"}})");
    folder_ = Path("paid");
  }
  std::string folder_;
};

TEST_F(TemplatePreview, ShowsEachChannelWithTheFirstSample) {
  EXPECT_EQ(Run({"template", "preview", folder_}), 0);
  EXPECT_EQ(out(), "== in_app\ntitle: Order 1\nPaid, ann\n\n== log\norder 1\n");
}

TEST_F(TemplatePreview, TakesASampleByNameOrDataOfYourOwn) {
  EXPECT_EQ(Run({"template", "preview", folder_, "--sample", "b", "--channel", "log"}), 0);
  EXPECT_EQ(out(), "== log\norder 2\n");
  const auto data = File("d.yaml", "data: {order: 3}\n");
  EXPECT_EQ(Run({"template", "preview", folder_ + "/", "--data", data, "--channel", "log"}), 0);
  EXPECT_EQ(out(), "== log\norder 3\n");
}

TEST_F(TemplatePreview, JsonHasOneItemAChannel) {
  EXPECT_EQ(Run({"template", "preview", folder_, "-o", "json"}), 0);
  EXPECT_EQ(OutJson().Find("channels")->items().at(0).Text("title"), "Order 1");
}

TEST_F(TemplatePreview, AnUnknownVariableNamesFileLineAndColumn) {
  File("paid/log.txt.hbs", "a\nb {{data.ordr}}\n");
  EXPECT_EQ(Run({"template", "preview", folder_}), 8);
  EXPECT_NE(err().find("log.txt.hbs:2:3"), std::string::npos) << err();
}

TEST_F(TemplatePreview, WhatIsNotThereIsExitThree) {
  EXPECT_EQ(Run({"template", "preview", Path("none")}), 3);
  EXPECT_EQ(Run({"template", "preview", folder_, "--sample", "z"}), 3);
  EXPECT_EQ(Run({"template", "preview", folder_, "--data", Path("none.json")}), 3);
}

TEST_F(TemplatePreview, PartialsBesideTheFolderAreFound) {
  File("partials/foot.hbs", "bye {{user.id}}");
  File("paid/log.txt.hbs", "{{> foot}}\n");
  EXPECT_EQ(Run({"template", "preview", folder_, "--channel", "log"}), 0);
  EXPECT_NE(out().find("bye ann"), std::string::npos);
}

TEST_F(TemplatePreview, PushChecksFirstAndSendsTheFiles) {
  api.Answers("putTemplate", R"({"id":"paid","version":1})");
  EXPECT_EQ(Run({"template", "push", folder_}), 0);
  EXPECT_EQ(api.last().path.at("id"), "paid");
  EXPECT_EQ(api.body().Text("name"), "Paid");
  EXPECT_EQ(api.body().Find("files")->members().size(), 2U);
  File("paid/log.txt.hbs", "{{#if}}");
  EXPECT_EQ(Run({"template", "push", folder_}), 8);
}

}  // namespace
}  // namespace notify::cli::templates
