#include "tests/unit/cli/command_line.hpp"

namespace notify::cli::projection {
namespace {

class ProjectionCommands : public testing_support::CommandLineTest {
 protected:
  std::string Definition() const {
    return File("p.yaml",
                "kind: projection\nname: balance\ntypes: [account.*]\nkey: /data/account\n"
                "fields:\n  balance: {fold: sum, of: /data/amount}\n");
  }
  static constexpr auto kLive = R"({"name":"balance","status":"live","rebuild":null})";
  static constexpr auto kRebuilding =
      R"({"name":"balance","status":"rebuilding","rebuild":{"progress":0.5}})";
};

TEST_F(ProjectionCommands, CreateSendsTheFileAndMayBeNamed) {
  api.Answers("createProjection", kLive);
  EXPECT_EQ(Run({"projection", "create", "other", "-f", Definition(), "--from-retained"}), 0);
  EXPECT_EQ(api.body().Compact(), R"({"name":"other","types":["account.*"],"key":"/data/account",)"
                                  R"("fields":{"balance":{"fold":"sum","of":"/data/amount"}}})");
  EXPECT_EQ(api.last().query.front().second, "true");
}

TEST_F(ProjectionCommands, ApplyPutsUnderTheName) {
  api.Answers("putProjection", kLive);
  EXPECT_EQ(Run({"projection", "apply", "-f", Definition()}), 0);
  EXPECT_EQ(api.last().path.at("id"), "balance");
}

TEST_F(ProjectionCommands, AFileWithAnotherMemberIsInvalid) {
  EXPECT_EQ(Run({"projection", "create", "-f", File("q.yaml", "name: a\nfield: {}\n")}), 8);
  EXPECT_EQ(Run({"projection", "create", "-f", File("r.yaml", "key: a\n")}), 2);
}

TEST_F(ProjectionCommands, QueryPrintsOneKeyWithWhereItStands) {
  api.Answers("queryProjection",
              R"({"items":[{"key":"a","sequence":3,"state":{"n":1}}],"next":null,)"
              R"("position":{"epoch":1,"sequence":3},"head":{"epoch":1,"sequence":3}})");
  EXPECT_EQ(Run("projection query balance --key a -o json"), 0);
  EXPECT_EQ(OutJson().Text("key"), "a");
  EXPECT_EQ(OutJson().Integer("position.sequence"), 3);
}

TEST_F(ProjectionCommands, RebuildWaitsUntilItServes) {
  api.Answers("rebuildProjection", kRebuilding).Answers("getProjection", kLive);
  EXPECT_EQ(Run("projection rebuild balance --wait -o json"), 0);
  EXPECT_EQ(OutJson().Text("status"), "live");
}

TEST_F(ProjectionCommands, RebuildWithoutWaitSaysThatItGoesOn) {
  api.Answers("rebuildProjection", kRebuilding);
  EXPECT_EQ(Run("projection rebuild balance"), 0);
  EXPECT_NE(err().find("notifyctl projection get balance"), std::string::npos);
}

TEST_F(ProjectionCommands, AGapIsToldWithTheWayOn) {
  api.Refuses("rebuildProjection", Fail(Errc::kGap, "The log begins at 5.", "--from-retained"));
  EXPECT_NE(Run("projection rebuild balance"), 0);
  EXPECT_NE(err().find("--from-retained"), std::string::npos);
}

TEST_F(ProjectionCommands, DeleteWantsAYes) {
  EXPECT_EQ(Run("projection delete balance"), 2);
  api.Answers("deleteProjection", R"({"id":"balance","deleted":true})");
  EXPECT_EQ(Run("projection delete balance --yes"), 0);
}

}  // namespace
}  // namespace notify::cli::projection
