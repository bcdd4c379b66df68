#include "tests/unit/cli/command_line.hpp"

namespace notify::cli::event {
namespace {

class EventReplay : public testing_support::CommandLineTest {};

TEST_F(EventReplay, PlanSendsNothingAndSaysSo) {
  api.Answers("replayEvents", R"({"events":12,"connections":1,"seconds":0})");
  EXPECT_EQ(Run("event replay --since 1h --to-user alice --type a.b --plan"), 0);
  EXPECT_EQ(api.body().Compact(),
            R"({"since":"1h","types":["a.b"],"plan":true,"target":{"user":"alice"}})");
  EXPECT_NE(err().find("--yes"), std::string::npos);
}

TEST_F(EventReplay, YesSends) {
  api.Answers("replayEvents", R"({"replayId":"r1","sent":12})");
  EXPECT_EQ(
      Run("event replay --after 1-1 --last 1-13 --to-subscription s --rate 9 --speed 10x --yes"),
      0);
  EXPECT_EQ(api.body().Compact(),
            R"({"after":"1-1","to":"1-13","rate":9,"speed":"10x","plan":false,)"
            R"("target":{"subscription":"s"}})");
}

TEST_F(EventReplay, NeedsATargetARangeAndADecision) {
  EXPECT_EQ(Run("event replay --since 1h --plan"), 2);
  EXPECT_EQ(Run("event replay --since 1h --to-user a --to-subscription s --plan"), 2);
  EXPECT_EQ(Run("event replay --to-user a --plan"), 2);
  EXPECT_EQ(Run("event replay --since 1h --to-user a"), 2);
  EXPECT_EQ(Run("event replay --since 1h --to-user a --plan --yes"), 2);
}

}  // namespace
}  // namespace notify::cli::event
