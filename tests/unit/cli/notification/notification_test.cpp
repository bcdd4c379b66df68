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

TEST_F(NotificationCommands, InboxListAsksForOneUsersOfOneState) {
  api.Answers("listInbox",
              R"({"items":[{"id":"n","notification":{"title":"Hi"}}],"next":null,"unread":1})");
  EXPECT_EQ(Run("notification inbox list --user alice --state unread"), 0);
  EXPECT_NE(out().find("Hi"), std::string::npos);
  EXPECT_EQ(api.Query("user"), "alice");
  EXPECT_EQ(api.Query("state"), "unread");
  EXPECT_EQ(Run("notification inbox list --state new"), 2);
}

TEST_F(NotificationCommands, InboxCountIsTheNumberAlone) {
  api.Answers("countInbox", R"({"unread":7})");
  EXPECT_EQ(Run("notification inbox count --user alice -o name"), 0);
  EXPECT_EQ(out(), "7\n");
}

TEST_F(NotificationCommands, InboxMarksSomeOrAllUpToOne) {
  for (const auto* operation : {"readInbox", "archiveInbox", "unreadInbox", "unarchiveInbox"}) {
    api.Answers(operation, R"({"changed":2,"unread":1})");
  }
  EXPECT_EQ(Run("notification inbox read a b --user alice"), 0);
  EXPECT_EQ(api.last().operation, "readInbox");
  EXPECT_EQ(api.body().Compact(), R"({"ids":["a","b"]})");
  EXPECT_EQ(api.Query("user"), "alice");
  EXPECT_EQ(Run("notification inbox archive --up-to a"), 0);
  EXPECT_EQ(api.last().operation, "archiveInbox");
  EXPECT_EQ(api.body().Compact(), R"({"upTo":"a"})");
  EXPECT_EQ(Run("notification inbox unread a"), 0);
  EXPECT_EQ(Run("notification inbox unarchive a"), 0);
}

TEST_F(NotificationCommands, InboxRebuildIsOfTheWholeTenant) {
  api.Answers("rebuildInboxes", R"({"rebuilt":true})");
  EXPECT_EQ(Run("notification inbox rebuild --dry-run"), 0);
  EXPECT_EQ(Run("notification inbox rebuild -o json"), 0);
  EXPECT_EQ(OutJson().Text("rebuilt"), "true");
}

TEST_F(NotificationCommands, InboxMarksNeedOneOfBoth) {
  EXPECT_EQ(Run("notification inbox read"), 2);
  EXPECT_EQ(Run("notification inbox read a --up-to b"), 2);
  EXPECT_EQ(Run("notification inbox read a --dry-run"), 0);
}

}  // namespace
}  // namespace notify::cli::notification
