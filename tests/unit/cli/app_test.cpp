#include "cli/app.hpp"

#include "tests/unit/cli/command_line.hpp"

namespace notify::cli {
namespace {

class App : public testing_support::CommandLineTest {};

TEST_F(App, WithoutWordsShowsTheHelp) {
  EXPECT_EQ(Run(""), 0);
  EXPECT_NE(out().find("Commands:"), std::string::npos);
}

TEST_F(App, EveryExitCodeComesFromTheErrorTable) {
  for (const auto& info : AllErrcs()) {
    api.Refuses("getAgentStatus", Fail(info.code, "why"));
    EXPECT_EQ(Run("agent status"), info.exit_code) << info.name;
  }
}

TEST_F(App, FailureForPeopleSaysWhatWhyAndTheCommandThatHelps) {
  api.Refuses("getAgentStatus", Fail(Errc::kForbidden, "The role is viewer.", "use an admin key"));
  EXPECT_EQ(Run("agent status"), 4);
  EXPECT_EQ(out(), "");
  EXPECT_EQ(err(), "error: The role is viewer.\n  help: use an admin key\n  correlation id: c-7\n");
}

TEST_F(App, FailureAsJsonIsOneObjectOnStandardError) {
  api.Refuses("getAgentStatus", Fail(Errc::kRateLimited, "Too fast.", "wait"));
  EXPECT_EQ(Run("agent status -o json"), 6);
  EXPECT_EQ(err(), R"({"error":{"code":"rate_limited","message":"Too fast.","hint":"wait",)"
                   R"("correlationId":"c-7","exitCode":6}})"
                   "\n");
}

TEST_F(App, UsageErrorIsJsonTooWhenAskedFor) {
  EXPECT_EQ(Run("agent nonsense -o json"), 2);
  EXPECT_EQ(Value::Parse(err()).value().Text("error.code"), "usage");
}

TEST_F(App, UnknownFormatIsAUsageErrorBeforeAnythingIsDone) {
  EXPECT_EQ(Run("agent status -o xml"), 2);
  EXPECT_NE(err().find("ndjson"), std::string::npos);
}

TEST_F(App, MissingTenantGetsTheHintThatOnlyTheCommandLineKnows) {
  api.Refuses("getAgentStatus", Fail(Errc::kTenantRequired, "No tenant."));
  EXPECT_EQ(Run("agent status"), 8);
  EXPECT_NE(err().find("--tenant"), std::string::npos);
}

TEST_F(App, VersionAsksNoAgent) {
  EXPECT_EQ(Run("version -o json"), 0);
  EXPECT_FALSE(OutJson().Text("version").empty());
}

}  // namespace
}  // namespace notify::cli
