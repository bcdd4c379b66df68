#include <gtest/gtest.h>

#include "tests/unit/cli/command_line.hpp"

namespace notify::cli::agent {
namespace {

class AgentRestore : public testing_support::CommandLineTest {};

TEST_F(AgentRestore, SendsTheFileAndSaysWhatCameBack) {
  const std::string bytes(600'000, 'b');
  File("b.tar", bytes);
  api.Answers("restoreAgent",
              R"({"createdAt":"2026-11-28T00:00:00Z","restored":["blue"],"leftOut":[]})");
  EXPECT_EQ(
      Run({"agent", "restore", Path("b.tar"), "--only", "blue", "--only", "green", "-o", "json"}),
      0);
  EXPECT_EQ(api.calls().at(0).body, bytes);
  EXPECT_EQ(api.calls().at(0).query.at(0),
            (std::pair<std::string, std::string>("only", "blue,green")));
  EXPECT_EQ(OutJson().Text("createdAt"), "2026-11-28T00:00:00Z");
  EXPECT_EQ(OutJson().At("restored")->items().size(), 1U);
}

TEST_F(AgentRestore, ReadsStandardInput) {
  pretend.input = "the backup";
  api.Answers("restoreAgent", R"({"createdAt":"","restored":[],"leftOut":[]})");
  EXPECT_EQ(Run("agent restore -"), 0);
  EXPECT_EQ(api.calls().at(0).body, "the backup");
}

TEST_F(AgentRestore, ATenantThatIsThereIsSaidAndNoFault) {
  File("b.tar", "x");
  api.Answers(
      "restoreAgent",
      R"({"createdAt":"","restored":["green"],"leftOut":[{"tenant":"blue","code":"tenant_exists","detail":"It is there."}]})");
  EXPECT_EQ(Run({"agent", "restore", Path("b.tar")}), 0);
  EXPECT_NE(err().find("blue: tenant_exists: It is there."), std::string::npos);
}

TEST_F(AgentRestore, ATenantThatCannotComeBackIsAFault) {
  File("b.tar", "x");
  api.Answers(
      "restoreAgent",
      R"({"createdAt":"","restored":["green"],"leftOut":[{"tenant":"blue","code":"conflict","detail":"Its host is taken."}]})");
  EXPECT_EQ(Run({"agent", "restore", Path("b.tar")}), 5);
  EXPECT_NE(out().find("green"), std::string::npos);
  EXPECT_NE(err().find("'blue' is not: Its host is taken."), std::string::npos);
}

TEST_F(AgentRestore, NamesTheFileThatIsNotThere) {
  EXPECT_EQ(Run({"agent", "restore", Path("none.tar")}), 3);
  EXPECT_NE(err().find("none.tar"), std::string::npos);
  EXPECT_TRUE(api.calls().empty());
}

}  // namespace
}  // namespace notify::cli::agent
