#include "cli/top_level/doctor.hpp"

#include "tests/unit/cli/command_line.hpp"

namespace notify::cli::top_level {
namespace {

class Doctor : public testing_support::CommandLineTest {
 protected:
  std::string State(std::string_view check) {
    const auto report = OutJson();
    for (const auto& item : report.Find("items")->items()) {
      if (item.Text("check") == check) return item.Text("state");
    }
    return "absent";
  }
  void AgentIsWell() {
    api.Answers("getHealth", R"({"status":"ok"})").Answers("getReadiness", R"({"status":"ready"})");
  }
};

TEST_F(Doctor, FindsNothingWrongWithAHealthyAgent) {
  AgentIsWell();
  api.Answers("getAgentStatus", R"({"version":")" NOTIFY_TEST_VERSION R"("})");
  api.agent_time = SystemClock().WallNow();
  EXPECT_EQ(Run("doctor -o json"), 0);
  for (const auto* check :
       {"contexts", "endpoint", "agent", "ready", "credential", "version", "clock"}) {
    EXPECT_EQ(State(check), "ok") << check;
  }
}

TEST_F(Doctor, AnAgentThatDoesNotAnswerIsBroken) {
  api.Refuses("getHealth", Fail(Errc::kAgentUnreachable, "refused", "start one"));
  EXPECT_EQ(Run("doctor -o json"), 1);
  EXPECT_EQ(State("agent"), "fail");
  EXPECT_NE(out().find("start one"), std::string::npos);
}

TEST_F(Doctor, TellsABadCredentialFromALesserOne) {
  AgentIsWell();
  api.Refuses("getAgentStatus", Fail(Errc::kForbidden, "viewer"));
  EXPECT_EQ(Run("doctor -o json"), 0);
  EXPECT_EQ(State("credential"), "ok");
  AgentIsWell();
  api.Refuses("getAgentStatus", Fail(Errc::kTokenInvalid, "forged"));
  EXPECT_EQ(Run("doctor -o json"), 1);
  EXPECT_EQ(State("credential"), "fail");
}

TEST_F(Doctor, ReadsFromATokenThatItHasExpired) {
  AgentIsWell();
  api.Refuses("getAgentStatus", Fail(Errc::kForbidden, "viewer"));
  // {"exp":1}
  EXPECT_EQ(Run("doctor -o json --token e30.eyJleHAiOjF9.x"), 1);
  EXPECT_EQ(State("token"), "fail");
}

TEST_F(Doctor, ClocksThatDifferAreBroken) {
  AgentIsWell();
  api.Refuses("getAgentStatus", Fail(Errc::kForbidden, "viewer"));
  api.agent_time = SystemClock().WallNow() - std::chrono::minutes(5);
  EXPECT_EQ(Run("doctor -o json"), 1);
  EXPECT_EQ(State("clock"), "fail");
}

TEST_F(Doctor, AnotherVersionOfTheAgentIsAWarning) {
  AgentIsWell();
  api.Answers("getAgentStatus", R"({"version":"0.0.1"})");
  EXPECT_EQ(Run("doctor -o json"), 0);
  EXPECT_EQ(State("version"), "warn");
}

TEST_F(Doctor, AFileOfContextsThatOthersCanReadIsAWarning) {
  std::filesystem::permissions(File(".config/notifyctl/config.yaml", "contexts: {}\n"),
                               std::filesystem::perms(0644));
  api.Refuses("getHealth", Fail(Errc::kAgentUnreachable, "refused"));
  EXPECT_EQ(Run("doctor -o json"), 1);
  EXPECT_EQ(State("contexts"), "warn");
}

}  // namespace
}  // namespace notify::cli::top_level
