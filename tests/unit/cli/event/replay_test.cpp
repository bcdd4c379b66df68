#include "tests/unit/cli/command_line.hpp"

namespace notify::cli::event {
namespace {

constexpr const char* kRunning = R"({"token":"t1","state":"running","progress":0.25})";
constexpr const char* kDone =
    R"({"token":"t1","state":"completed","events":3,"sent":3,"failed":0,"seconds":0.1})";

class EventReplay : public testing_support::CommandLineTest {};

TEST_F(EventReplay, PlanSendsNothingAndSaysSo) {
  api.Answers("replayEvents", R"({"events":12,"connections":1,"seconds":0})");
  EXPECT_EQ(Run("event replay --since 1h --to-user alice --type a.b --plan"), 0);
  EXPECT_EQ(api.body().Compact(),
            R"({"since":"1h","types":["a.b"],"plan":true,"target":{"user":"alice"}})");
  EXPECT_NE(err().find("--yes"), std::string::npos);
}

TEST_F(EventReplay, YesSendsFollowsAndReports) {
  api.Answers("replayEvents", kRunning).Answers("getReplay", kRunning).Answers("getReplay", kDone);
  EXPECT_EQ(Run("event replay --after 1-1 --last 1-13 --to-subscription s --rate 9 --speed 10x "
                "--yes -o json"),
            0);
  EXPECT_EQ(api.body().Compact(),
            R"({"after":"1-1","last":"1-13","rate":9,"speed":"10x","attended":true,)"
            R"("target":{"subscription":"s"}})");
  EXPECT_EQ(api.last().path.at("token"), "t1");
  EXPECT_EQ(OutJson().Text("sent"), "3");
}

TEST_F(EventReplay, EveryFilterAndTargetGoesIntoTheBody) {
  api.Answers("replayEvents", kDone);
  EXPECT_EQ(Run("event replay --from 1h --to 5m --by-event-time --subject s --stream st --userid u "
                "--topic p --to-url https://a.example/ --secret whsec_x --fire-triggers --yes"),
            0);
  EXPECT_EQ(api.body().Compact(),
            R"({"since":"1h","until":"5m","byEventTime":true,"subject":"s","stream":"st",)"
            R"("userid":"u","topic":"p","fireTriggers":true,"attended":true,)"
            R"("target":{"url":"https://a.example/","secret":"whsec_x"}})");
}

TEST_F(EventReplay, DetachBeginsAndDoesNotFollow) {
  api.Answers("replayEvents", kRunning);
  EXPECT_EQ(Run("event replay --since 1h --to-tenant green --yes --detach -o name"), 0);
  EXPECT_EQ(api.body().Find("attended"), nullptr);
  EXPECT_EQ(out(), "t1\n");
}

TEST_F(EventReplay, ResumeGoesOnWithAToken) {
  api.Answers("resumeReplay", kRunning).Answers("getReplay", kDone);
  EXPECT_EQ(Run("event replay --resume t1"), 0);
  EXPECT_EQ(api.calls().front().path.at("token"), "t1");
  EXPECT_EQ(api.calls().front().query.front().second, "true");
}

TEST_F(EventReplay, AnAgentThatIsGoneLeavesATokenToGoOnWith) {
  api.Answers("replayEvents", kRunning)
      .Refuses("getReplay", Fail(Errc::kAgentUnreachable, "The agent is gone."));
  EXPECT_EQ(Run("event replay --since 1h --to-user alice --yes"), 7);
  EXPECT_NE(err().find("notifyctl event replay --resume t1"), std::string::npos);
}

TEST_F(EventReplay, OneThatEndedBeforeItsRangeIsAFailureWithAToken) {
  api.Answers(
      "replayEvents",
      R"({"token":"t1","state":"interrupted","position":"1-4","error":"Nobody is there."})");
  EXPECT_EQ(Run("event replay --since 1h --to-user alice --yes"), 130);
  EXPECT_NE(err().find("Nobody is there."), std::string::npos);
  EXPECT_NE(err().find("--resume t1"), std::string::npos);
}

TEST_F(EventReplay, EventsThatNobodyTookAreAFailure) {
  api.Answers("replayEvents", R"({"token":"t1","state":"completed","sent":2,"failed":1})");
  EXPECT_EQ(Run("event replay --since 1h --to-user alice --yes"), 1);
}

TEST_F(EventReplay, ListsShowsAndCancels) {
  api.Answers("listReplays", R"({"items":[{"token":"t1","state":"running"}],"next":null})")
      .Answers("getReplay", kRunning)
      .Answers("cancelReplay", R"({"token":"t1","state":"cancelled"})");
  EXPECT_EQ(Run("event replay --list -o name"), 0);
  EXPECT_EQ(out(), "t1\n");
  EXPECT_EQ(Run("event replay --show t1"), 0);
  EXPECT_EQ(Run("event replay --cancel t1 -o json"), 0);
  EXPECT_EQ(OutJson().Text("state"), "cancelled");
}

TEST_F(EventReplay, NeedsATargetARangeAndADecision) {
  EXPECT_EQ(Run("event replay --since 1h --plan"), 2);
  EXPECT_EQ(Run("event replay --since 1h --to-user a --to-subscription s --plan"), 2);
  EXPECT_EQ(Run("event replay --to-user a --plan"), 2);
  EXPECT_EQ(Run("event replay --since 1h --to-user a"), 2);
  EXPECT_EQ(Run("event replay --since 1h --to-user a --plan --yes"), 2);
  EXPECT_EQ(Run("event replay --since 1h --to-url https://a.example/ --plan"), 2);
  EXPECT_EQ(Run("event replay --since 1h --to-user a --rate 0 --plan"), 2);
  EXPECT_EQ(Run("event replay --resume t1 --to-user a"), 2);
  EXPECT_EQ(Run("event replay --list --cancel t1"), 2);
}

}  // namespace
}  // namespace notify::cli::event
