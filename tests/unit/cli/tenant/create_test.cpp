#include "cli/tenant/create.hpp"

#include "cli/parse.hpp"
#include "tests/unit/cli/command_line.hpp"

namespace notify::cli::tenant {
namespace {

class TenantCreate : public testing_support::CommandLineTest {
 protected:
  // What the words parse to, with nothing run.
  TenantCreateOptions Parsed(const std::vector<std::string>& words) {
    TenantCreateOptions seen;
    Command root("notifyctl", "Test");
    AddTenantCreate(root, factory(), [&](const TenantCreateOptions& options) {
      seen = options;
      return Status{};
    });
    const auto parsed = Parse(root, words);
    EXPECT_TRUE(parsed.has_value() && parsed->command->Run().has_value());
    return seen;
  }
};

TEST_F(TenantCreate, ParsesEveryFlag) {
  const auto options =
      Parsed({"create", "blue", "-f", "b.yaml", "--name", "Blue Inc", "--tier", "gold", "--host",
              "a.b", "--host", "c.d", "--config", "hub.payload=data", "--if-not-exists"});
  EXPECT_EQ(options.description.id, "blue");
  EXPECT_EQ(options.description.file, "b.yaml");
  EXPECT_EQ(options.description.name, "Blue Inc");
  EXPECT_EQ(options.description.hosts, (std::vector<std::string>{"a.b", "c.d"}));
  EXPECT_TRUE(options.if_not_exists);
  EXPECT_FALSE(options.dry_run);
}

TEST_F(TenantCreate, SendsWhatTheFlagsSay) {
  api.Answers("createTenant", R"({"id":"blue","state":"active"})");
  TenantCreateOptions options{.factory = &factory()};
  options.description = {.id = "blue",
                         .name = "Blue",
                         .hosts = {"blue.example"},
                         .config = {"hub.payload=data"},
                         .limits = {"eventsPerSecond=5"}};
  ASSERT_TRUE(RunTenantCreate(options).has_value());
  EXPECT_EQ(api.body().Compact(),
            R"({"id":"blue","name":"Blue","hosts":["blue.example"],)"
            R"("config":{"hub.payload":"data"},"limits":{"eventsPerSecond":5}})");
}

TEST_F(TenantCreate, ReadsAFileWithHeaderAndFlagsWin) {
  const auto file = File("blue.yaml",
                         "apiVersion: notifyctl/v1\nkind: Tenant\nid: blue\nname: Old\n"
                         "hosts: [h.example]\n");
  api.Answers("createTenant", R"({"id":"blue"})");
  ASSERT_EQ(Run({"tenant", "create", "-f", file, "--name", "New"}), 0);
  EXPECT_EQ(api.body().Compact(), R"({"id":"blue","name":"New","hosts":["h.example"]})");
}

TEST_F(TenantCreate, ReadsStandardInput) {
  pretend.input = R"({"id":"blue"})";
  api.Answers("createTenant", R"({"id":"blue"})");
  EXPECT_EQ(Run("tenant create -f - -o name"), 0);
  EXPECT_EQ(out(), "blue\n");
}

TEST_F(TenantCreate, AnUnknownMemberNamesTheNearest) {
  EXPECT_EQ(Run({"tenant", "create", "-f", File("b.yaml", "id: blue\nhosst: [a]\n")}), 8);
  EXPECT_NE(err().find("`hosts`"), std::string::npos) << err();
}

TEST_F(TenantCreate, BadIdsAndFilesAreRefusedBeforeTheAgentIsAsked) {
  EXPECT_EQ(Run("tenant create Blue_1"), 8);
  EXPECT_EQ(Run("tenant create"), 2);
  EXPECT_EQ(Run({"tenant", "create", "-f", Path("absent.yaml")}), 3);
  EXPECT_EQ(Run({"tenant", "create", "-f", File("t.yaml", "kind: Trigger\nid: x\n")}), 8);
  EXPECT_EQ(Run({"tenant", "create", "red", "-f", File("b.yaml", "id: blue\n")}), 8);
  EXPECT_EQ(Run("tenant create blue --config novalue"), 2);
  EXPECT_TRUE(api.calls().empty());
}

TEST_F(TenantCreate, IfNotExistsShowsTheOneThatIsThere) {
  api.Refuses("createTenant", Fail(Errc::kTenantExists, "There is a blue."))
      .Answers("getTenant", R"({"id":"blue","state":"active"})");
  EXPECT_EQ(Run("tenant create blue --if-not-exists -o json"), 0);
  EXPECT_EQ(OutJson().Text("state"), "active");
}

TEST_F(TenantCreate, WithoutItAnExistingTenantIsAConflict) {
  api.Refuses("createTenant", Fail(Errc::kTenantExists, "There is a blue."));
  EXPECT_EQ(Run("tenant create blue"), 5);
}

TEST_F(TenantCreate, DryRunSendsNothing) {
  EXPECT_EQ(Run("tenant create blue --tier gold --dry-run -o json"), 0);
  EXPECT_EQ(OutJson().Compact(), R"({"dryRun":true,"method":"POST","path":"/api/tenants",)"
                                 R"("body":{"id":"blue","tier":"gold"}})");
}

}  // namespace
}  // namespace notify::cli::tenant
