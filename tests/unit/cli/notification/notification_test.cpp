#include "tests/unit/cli/command_line.hpp"

namespace notify::cli::notification {
namespace {

constexpr std::string_view kRendered =
    R"({"notifications":[{"recipient":"alice","template":"welcome","channel":"in_app",)"
    R"("title":"Hello","body":"Hi Alice\nBye"}]})";

class NotificationCommands : public testing_support::CommandLineTest {};

TEST_F(NotificationCommands, DryRunShowsRecipientTemplateChannelAndText) {
  api.Answers("sendNotification", kRendered);
  EXPECT_EQ(Run("notification send --template welcome --user alice --dry-run"), 0);
  EXPECT_TRUE(api.body().IsTrue("dryRun"));
  EXPECT_EQ(out(),
            "RECIPIENT  alice\nTEMPLATE   welcome\nCHANNEL    in_app\nTITLE      Hello\n"
            "  Hi Alice\n  Bye\n");
}

TEST_F(NotificationCommands, SendBuildsTheBody) {
  api.Answers("sendNotification", R"({"id":"n1","event":{"epoch":7,"sequence":3}})");
  EXPECT_EQ(Run({"notif", "send", "--template", "welcome", "--user", "a", "--user", "b",
                 "--channel", "log", "--data", R"({"n":1})", "-o", "json"}),
            0);
  EXPECT_EQ(api.body().Compact(),
            R"({"template":"welcome","channels":["log"],"audience":{"users":["a","b"]},)"
            R"("data":{"n":1}})");
}

TEST_F(NotificationCommands, NeedsATemplateAndOneAudience) {
  EXPECT_EQ(Run("notification send --user alice"), 2);
  EXPECT_EQ(Run("notification send --template w"), 2);
  EXPECT_EQ(Run("notification send --template w --user a --everyone"), 2);
  EXPECT_EQ(Run("notification send --template w --user a --data {"), 8);
}

TEST_F(NotificationCommands, ReadsAFile) {
  api.Answers("sendNotification", R"({"id":"n1"})");
  const auto file = File("n.yaml", "template: w\naudience: {tenant: true}\n");
  EXPECT_EQ(Run({"notification", "send", "-f", file}), 0);
  EXPECT_EQ(api.body().Compact(), R"({"template":"w","audience":{"tenant":true},"data":{}})");
}

TEST_F(NotificationCommands, TestSendsOnlyWhenAsked) {
  api.Answers("testNotification", kRendered).Answers("testNotification", kRendered);
  EXPECT_EQ(Run("notification test --template w --everyone"), 0);
  EXPECT_FALSE(api.body().IsTrue("send"));
  EXPECT_EQ(Run("notification test --template w --webhook http://h --webhook-secret s --send"), 0);
  EXPECT_TRUE(api.body().IsTrue("send"));
  EXPECT_EQ(api.body().Text("audience.webhook.secret"), "s");
}

}  // namespace
}  // namespace notify::cli::notification
