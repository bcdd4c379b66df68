#include <sys/stat.h>

#include "tests/unit/cli/command_line.hpp"

namespace notify::cli::context {
namespace {

class Contexts : public testing_support::CommandLineTest {};

TEST_F(Contexts, TheFirstOneIsInUseAndItsTokenReachesTheAgent) {
  ASSERT_EQ(Run("context set dev --endpoint http://h:1 --token nk_x --tenant blue"), 0);
  api.Answers("getAgentStatus", "{}");
  ASSERT_EQ(Run("agent status"), 0);
  EXPECT_EQ(api.caller.token.Reveal(), "nk_x");
  EXPECT_EQ(api.caller.tenant, "blue");
}

TEST_F(Contexts, TheFileIsForItsOwnerOnly) {
  ASSERT_EQ(Run("context set dev --token nk_x"), 0);
  struct stat info {};
  ASSERT_EQ(::stat(Path(".config/notifyctl/config.yaml").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST_F(Contexts, NoCommandPrintsAToken) {
  ASSERT_EQ(Run("context set dev --token nk_secret"), 0);
  for (const auto* line : {"context list -o json", "context show dev -o json", "context show"}) {
    ASSERT_EQ(Run(line), 0);
    EXPECT_EQ(out().find("nk_secret"), std::string::npos) << line;
  }
}

TEST_F(Contexts, ATokenCanComeFromStandardInput) {
  pretend.input = "nk_piped\n";
  ASSERT_EQ(Run("context set dev --token -"), 0);
  EXPECT_NE(TextOf(".config/notifyctl/config.yaml").find("nk_piped"), std::string::npos);
}

TEST_F(Contexts, SetKeepsWhatIsNotGiven) {
  ASSERT_EQ(Run("context set dev --endpoint http://h:1 --tenant blue"), 0);
  ASSERT_EQ(Run("context set dev --tenant green"), 0);
  ASSERT_EQ(Run("context show dev -o json"), 0);
  EXPECT_EQ(OutJson().Text("endpoint"), "http://h:1");
  EXPECT_EQ(OutJson().Text("tenant"), "green");
}

TEST_F(Contexts, UseAndDeleteRefuseNamesThatAreNotThere) {
  EXPECT_EQ(Run("context use prod"), 3);
  EXPECT_EQ(Run("context delete prod"), 3);
  EXPECT_EQ(Run("context set dev --endpoint nonsense"), 2);
}

TEST_F(Contexts, UseSwitchesAndDeleteForgets) {
  ASSERT_EQ(Run("context set a --tenant one"), 0);
  ASSERT_EQ(Run("context set b --tenant two"), 0);
  ASSERT_EQ(Run("context use b"), 0);
  ASSERT_EQ(Run("context show -o json"), 0);
  EXPECT_EQ(OutJson().Text("tenant"), "two");
  ASSERT_EQ(Run("context delete b"), 0);
  ASSERT_EQ(Run("context list -o name"), 0);
  EXPECT_EQ(out(), "a\n");
}

TEST_F(Contexts, AFileThatIsNotRightSaysWhere) {
  File(".config/notifyctl/config.yaml", "contexts:\n  dev:\n    endpont: http://h\n");
  EXPECT_EQ(Run("agent status"), 8);
  EXPECT_NE(err().find("endpont"), std::string::npos);
}

}  // namespace
}  // namespace notify::cli::context
