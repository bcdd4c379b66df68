#include "cli/top_level/init.hpp"

#include "cli/top_level/init_files.hpp"
#include "common/config/load.hpp"
#include "tests/unit/cli/command_line.hpp"

namespace notify::cli::top_level {
namespace {

class Init : public testing_support::CommandLineTest {};

TEST_F(Init, WritesEveryFileAndSaysWhatIsNext) {
  EXPECT_EQ(Run("init shop"), 0);
  for (const auto& file : InitFiles()) {
    EXPECT_EQ(TextOf("shop/" + std::string(file.path)), file.text) << file.path;
  }
  EXPECT_NE(err().find("cd shop"), std::string::npos);
}

TEST_F(Init, ReplacesNothingUnlessForced) {
  File("shop/trigger.yaml", "mine");
  EXPECT_EQ(Run("init shop"), 5);
  EXPECT_EQ(TextOf("shop/trigger.yaml"), "mine");
  EXPECT_EQ(TextOf("shop/notifyd.yaml"), "");
  EXPECT_EQ(Run("init shop --force"), 0);
  EXPECT_NE(TextOf("shop/trigger.yaml"), "mine");
}

TEST_F(Init, TheCommandsTakeTheFilesThatItWrites) {
  ASSERT_EQ(Run("init"), 0);
  api.Answers("createTenant", R"({"id":"demo"})")
      .Answers("putTrigger", R"({"id":"order-paid"})")
      .Answers("putTemplate", R"({"id":"order-paid"})")
      .Answers("publishEvent", R"({"id":"e"})");
  EXPECT_EQ(Run({"tenant", "create", "-f", Path("tenant.yaml")}), 0) << err();
  EXPECT_EQ(Run({"trigger", "put", "-f", Path("trigger.yaml")}), 0) << err();
  EXPECT_EQ(Run({"template", "push", Path("templates/order-paid")}), 0) << err();
  EXPECT_EQ(Run({"event", "publish", "-f", Path("event.json")}), 0) << err();
  EXPECT_EQ(Run({"template", "preview", Path("templates/order-paid")}), 0) << err();
}

TEST_F(Init, TheAgentTakesTheConfiguration) {
  ASSERT_EQ(Run("init"), 0);
  const auto loaded = LoadConfig(TextOf("notifyd.yaml"), "notifyd.yaml", {}, {});
  EXPECT_TRUE(loaded.has_value()) << loaded.error().detail;
}

}  // namespace
}  // namespace notify::cli::top_level
