#include "agent/render/renderer.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/fake_clock.hpp"
#include "tests/support/sim/sim_disk.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/tenants.hpp"

namespace notify::agent::render {
namespace {

using nlohmann::json;

class Rendering : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(database_->Migrate(TemplateStore::kSchema));
    Shipped("/templates/hello/template.yaml", "id: hello\nname: Hello\n");
    Shipped("/templates/hello/in_app.yaml.hbs",
            "title: \"To {{user.id}}\"\nbody: \"{{> greeting}} {{data.text}}\"\n");
    Shipped("/templates/hello/webhook.json.hbs",
            "{\"text\": \"{{data.text}}\", \"of\": \"{{tenant.id}}\"}");
    Shipped("/templates/partials/greeting.hbs", "Hi");
    auto base = LoadBaseTemplates(disk_, "/templates");
    ASSERT_TRUE(base) << base.error().detail;
    renderer_ = std::make_unique<Renderer>(std::move(*base), metrics_, clock_);
  }
  void Shipped(const std::string& path, const std::string& text) {
    ASSERT_TRUE(disk_.MakeFolder(path.substr(0, path.rfind('/'))));
    ASSERT_TRUE(disk_.WriteDurably(path, text));
  }
  Result<Rendered> Render(const std::string& channel, json data = {{"text", "there"}}) {
    return renderer_->Render(
        *database_, tenant_,
        {.notification = "n-1",
         .rule = "r-1",
         .template_id = "hello",
         .channel = channel,
         .recipient = "user:alice"},
        {{"type", "a.b"}, {"id", "e-1"}, {"epoch", 7}, {"sequence", 3}, {"data", std::move(data)}});
  }
  json Shown(const std::string& channel) {
    const auto rendered = Render(channel);
    EXPECT_TRUE(rendered) << rendered.error().detail;
    return json::parse(rendered->json);
  }
  void Own(const std::string& body, bool active = true) {
    StoredTemplate stored;
    stored.id = stored.name = "hello";
    stored.active = active;
    stored.files["in_app.yaml.hbs"] = "title: x\nbody: " + body;
    ASSERT_TRUE(TemplateStore(*database_).Put(stored, clock_.WallNow()));
  }

  testing_support::TempDir folder_;
  testing_support::sim::SimDisk disk_;
  testing_support::FakeClock clock_;
  telemetry::Metrics metrics_{telemetry::MetricsOptions{}};
  std::unique_ptr<store::Database> database_ =
      store::Database::Open(folder_.path() + "/state.db", {}).value();
  std::unique_ptr<Renderer> renderer_;
  const TenantHandle tenant_ =
      testing_support::TenantHandleOf(testing_support::TenantRecordOf("blue"));
};

TEST_F(Rendering, ShowsWhatItWasMadeOf) {
  const json shown = Shown("in_app");
  EXPECT_EQ(shown["title"], "To alice");
  EXPECT_EQ(shown["body"], "Hi there");
  EXPECT_EQ(shown["event"], json({{"epoch", 7}, {"sequence", 3}, {"id", "e-1"}, {"type", "a.b"}}));
  EXPECT_EQ(shown["templateVersion"], 0);
}

TEST_F(Rendering, AWebhookGetsJsonAsItsData) {
  EXPECT_EQ(Shown("webhook")["data"], json({{"text", "there"}, {"of", "blue"}}));
}

TEST_F(Rendering, ATenantsOwnTemplateIsUsedFromItsNextVersionOn) {
  Own("one");
  EXPECT_EQ(Shown("in_app")["body"], "one");
  Own("two");
  EXPECT_EQ(Shown("in_app")["body"], "two");
  EXPECT_EQ(Shown("in_app")["templateVersion"], 2);
}

TEST_F(Rendering, SaysWhatIsMissing) {
  EXPECT_EQ(Render("in_app", {{"txt", "x"}}).error().code, Errc::kTemplateData);
  EXPECT_EQ(Render("log").error().code, Errc::kInvalidTemplate);
  Own("off", false);
  EXPECT_EQ(Render("in_app").error().code, Errc::kNotFound);
}

TEST_F(Rendering, ListsShippedTemplatesUnderTheTenants) {
  EXPECT_EQ(renderer_->List(*database_)->at(0).version, 0);
  Own("one");
  EXPECT_EQ(renderer_->List(*database_)->size(), 1U);
  EXPECT_EQ(renderer_->List(*database_)->at(0).version, 1);
}

TEST_F(Rendering, KeepsABoundedNumberOfCompiledTemplates) {
  for (std::size_t i = 0; i < Renderer::kMostCompiled + 5; ++i) Own("v" + std::to_string(i));
  EXPECT_EQ(Shown("in_app")["templateVersion"], Renderer::kMostCompiled + 5);
}

TEST_F(Rendering, ChecksATemplateBeforeItIsKept) {
  StoredTemplate stored;
  stored.id = "x";
  stored.files["in_app.yaml.hbs"] = "title: {{#if}}";
  EXPECT_EQ(renderer_->Check(stored).size(), 1U);
  stored.files["in_app.yaml.hbs"] = "title: y\nbody: \"{{> greeting}}\"";
  EXPECT_TRUE(renderer_->Check(stored).empty());
}

TEST(BaseTemplates, AFolderThatIsNotThereHoldsNone) {
  testing_support::sim::SimDisk disk;
  EXPECT_TRUE(LoadBaseTemplates(disk, "/none")->templates.empty());
}

}  // namespace
}  // namespace notify::agent::render
