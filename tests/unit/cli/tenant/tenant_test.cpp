#include "tests/unit/cli/command_line.hpp"

namespace notify::cli::tenant {
namespace {

class TenantCommands : public testing_support::CommandLineTest {};

TEST_F(TenantCommands, ListForPeopleIsATable) {
  api.Answers("listTenants",
              R"({"items":[{"id":"blue","state":"active","tier":"standard","log":{"events":7},)"
              R"("createdAt":"2026-06-01T00:00:00Z"}],"next":null})");
  EXPECT_EQ(Run("tenants ls"), 0);
  EXPECT_EQ(out(),
            "ID    STATE   TIER      CREATED\n"
            "blue  active  standard  2026-06-01T00:00:00Z\n");
}

TEST_F(TenantCommands, GetOfAnUnknownTenantIsExitThree) {
  api.Refuses("getTenant", Fail(Errc::kTenantNotFound, "There is no tenant red."));
  EXPECT_EQ(Run("tenant get red"), 3);
  EXPECT_NE(err().find("notifyctl tenant list"), std::string::npos);
}

TEST_F(TenantCommands, UpdateSendsOnlyWhatIsGiven) {
  api.Answers("updateTenant", R"({"id":"blue"})");
  EXPECT_EQ(Run("tenant update blue --limit connections=10"), 0);
  EXPECT_EQ(api.last().path.at("id"), "blue");
  EXPECT_EQ(api.body().Compact(), R"({"limits":{"connections":10}})");
}

TEST_F(TenantCommands, UpdateOfNothingIsAUsageError) { EXPECT_EQ(Run("tenant update blue"), 2); }

TEST_F(TenantCommands, SuspendAndResumeNameTheTenantInThePath) {
  api.Answers("suspendTenant", R"({"id":"blue"})").Answers("resumeTenant", R"({"id":"blue"})");
  EXPECT_EQ(Run("tenant suspend blue"), 0);
  EXPECT_EQ(Run("tn resume blue"), 0);
  EXPECT_EQ(api.last().path.at("id"), "blue");
}

TEST_F(TenantCommands, DeleteNeedsYes) {
  EXPECT_EQ(Run("tenant delete blue"), 2);
  EXPECT_NE(err().find("--yes"), std::string::npos);
  api.Answers("deleteTenant", R"({"id":"blue","deleted":true})");
  EXPECT_EQ(Run("tenant delete blue --yes -o json"), 0);
  EXPECT_TRUE(OutJson().IsTrue("deleted"));
}

}  // namespace
}  // namespace notify::cli::tenant
