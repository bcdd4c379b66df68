#include <gmock/gmock.h>

#include "tests/unit/cli/command_line.hpp"

namespace notify::cli::log {
namespace {

using ::testing::HasSubstr;

class LogCommands : public testing_support::CommandLineTest {};

TEST_F(LogCommands, StatPrintsWhatTheAgentSays) {
  api.Answers("getLogStat", R"({"tenant":"blue","storedBlocks":7,"journalBytes":12})");
  EXPECT_EQ(Run("log stat --tenant blue -o json"), 0);
  EXPECT_EQ(OutJson().Integer("storedBlocks"), 7);
}

TEST_F(LogCommands, VerifyOfAWholeLogIsDone) {
  api.Answers("verifyLog", R"({"tenant":"blue","whole":true,"events":3,"damaged":[]})");
  EXPECT_EQ(Run("log verify --tenant blue"), 0);
}

TEST_F(LogCommands, VerifyOfADamagedLogFailsAndStillShowsTheRanges) {
  api.Answers(
      "verifyLog",
      R"({"tenant":"blue","whole":false,"damaged":[{"firstSequence":1,"lastSequence":9}]})");
  EXPECT_EQ(Run("log verify --tenant blue -o json"), 1);
  EXPECT_EQ(OutJson().Find("damaged")->items().size(), 1U);
  EXPECT_THAT(err(), HasSubstr("damaged"));
}

}  // namespace
}  // namespace notify::cli::log
