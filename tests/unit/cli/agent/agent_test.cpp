#include "cli/agent/drain.hpp"
#include "cli/agent/status.hpp"
#include "tests/unit/cli/command_line.hpp"

namespace notify::cli::agent {
namespace {

class AgentCommands : public testing_support::CommandLineTest {};

TEST_F(AgentCommands, StatusPrintsWhatTheAgentAnswers) {
  api.Answers("getAgentStatus", R"({"version":"1.2","uptimeSeconds":7,"health":"ok"})");
  EXPECT_EQ(Run("agent status -o json"), 0);
  EXPECT_EQ(OutJson().Compact(), R"({"version":"1.2","uptimeSeconds":7,"health":"ok"})");
}

TEST_F(AgentCommands, StatusForPeopleIsALineAFact) {
  api.Answers("getAgentStatus", R"({"version":"1.2","uptimeSeconds":7,"listen":"127.0.0.1:1"})");
  ASSERT_TRUE(RunAgentStatus({.factory = &factory()}).has_value());
  EXPECT_EQ(out(), "VERSION     1.2\nUPTIME      7s\nLISTENS ON  127.0.0.1:1\n");
}

TEST_F(AgentCommands, DrainWithoutYesStopsNothing) {
  EXPECT_EQ(Run("agent drain"), 2);
  EXPECT_TRUE(api.calls().empty());
}

TEST_F(AgentCommands, DrainWaitsUntilTheAgentIsGone) {
  api.Answers("drainAgent", R"({"status":"draining"})")
      .Refuses("getHealth", Fail(Errc::kAgentUnreachable, "refused"));
  EXPECT_EQ(Run("ag drain --yes --wait"), 0);
  EXPECT_EQ(err(), "The agent has stopped.\n");
}

TEST_F(AgentCommands, ReloadShowsWhatIsWrongWithTheFile) {
  auto error = Fail(Errc::kInvalidConfig, "notifyd.yaml is not valid.");
  error.errors = {{.pointer = "http.lisen", .detail = "unknown key", .line = 3}};
  api.Refuses("reloadAgent", error);
  EXPECT_EQ(Run("agent reload"), 8);
  EXPECT_NE(err().find("http.lisen (line 3): unknown key"), std::string::npos);
}

}  // namespace
}  // namespace notify::cli::agent
