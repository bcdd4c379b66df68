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

TEST_F(LogCommands, CompactWaitsUntilItIsDone) {
  api.Answers("compactLog", R"({"tenant":"blue","state":"running","progress":0.5})");
  api.Answers("getLogCompaction", R"({"tenant":"blue","state":"completed","freedBytes":77})");
  EXPECT_EQ(Run("log compact --tenant blue -o json"), 0);
  EXPECT_EQ(OutJson().Integer("freedBytes"), 77);
}

TEST_F(LogCommands, ACompactionThatFailedIsAFailure) {
  api.Answers("compactLog", R"({"tenant":"blue","state":"failed","error":"The disk is full."})");
  EXPECT_EQ(Run("log compact --tenant blue -o json"), 1);
  EXPECT_THAT(err(), HasSubstr("The disk is full."));
}

TEST_F(LogCommands, ADryRunOfCompactShowsThePlanAndWaitsForNothing) {
  api.Answers("compactLog", R"({"tenant":"blue","dryRun":true,"plan":{"deadBytes":9}})");
  EXPECT_EQ(Run("log compact --tenant blue --dry-run -o json"), 0);
  EXPECT_EQ(OutJson().Integer("plan.deadBytes"), 9);
}

TEST_F(LogCommands, HoldSaysWhyAndReleaseWantsToBeConfirmed) {
  api.Answers("holdLog", R"({"tenant":"blue","legalHold":"case 7"})");
  EXPECT_EQ(Run("log hold --tenant blue --reason case-7"), 0);
  EXPECT_EQ(api.body().Text("reason"), "case-7");
  EXPECT_EQ(Run("log hold --tenant blue"), 2) << "a hold without a reason helps nobody later";
  EXPECT_EQ(Run("log release --tenant blue"), 2);
  api.Answers("releaseLog", R"({"tenant":"blue","legalHold":null})");
  EXPECT_EQ(Run("log release --tenant blue --yes"), 0);
}

}  // namespace
}  // namespace notify::cli::log
