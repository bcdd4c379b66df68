#include "tests/unit/cli/command_line.hpp"

namespace notify::cli::dlq {
namespace {

class DlqCommands : public testing_support::CommandLineTest {};

TEST_F(DlqCommands, ListAsksForWhatIsWanted) {
  api.Answers("listDeadLetters", R"({"items":[{"id":"x","kind":"consumer"}],"next":null})");
  EXPECT_EQ(Run("dlq list --kind consumer --consumer billing -o name"), 0);
  EXPECT_EQ(out(), "x\n");
  EXPECT_EQ(api.Query("kind"), "consumer");
  EXPECT_EQ(api.Query("consumer"), "billing");
  EXPECT_EQ(Run("dlq list --kind other"), 2);
}

TEST_F(DlqCommands, ShowPrintsOne) {
  api.Answers("getDeadLetter", R"({"id":"x","kind":"delivery","reason":"Gone."})");
  EXPECT_EQ(Run("dlq show x"), 0);
  EXPECT_NE(out().find("Gone."), std::string::npos);
}

TEST_F(DlqCommands, RetryGivesOneBackAndAllOnlyWithAYes) {
  api.Answers("retryDeadLetter", R"({"id":"x","retried":true})")
      .Answers("retryDeadLetters", R"({"retried":3})");
  EXPECT_EQ(Run("dlq retry x"), 0);
  EXPECT_EQ(api.last().path.at("id"), "x");
  EXPECT_EQ(Run("dlq retry"), 2);
  EXPECT_EQ(Run("dlq retry x --all"), 2);
  EXPECT_EQ(Run("dlq retry --all"), 2);
  EXPECT_EQ(Run("dlq retry --all --consumer billing --yes -o json"), 0);
  EXPECT_EQ(OutJson().Text("retried"), "3");
}

TEST_F(DlqCommands, PurgeAlwaysNeedsAYes) {
  api.Answers("deleteDeadLetter", R"({"id":"x","deleted":true})")
      .Answers("purgeDeadLetters", R"({"purged":3})");
  EXPECT_EQ(Run("dlq purge x"), 2);
  EXPECT_EQ(Run("dlq purge x --dry-run"), 0);
  EXPECT_EQ(Run("dlq purge x --yes"), 0);
  EXPECT_EQ(Run("dlq purge --all --kind delivery --yes"), 0);
  EXPECT_EQ(api.last().operation, "purgeDeadLetters");
}

}  // namespace
}  // namespace notify::cli::dlq
