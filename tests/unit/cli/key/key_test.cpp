#include "tests/unit/cli/command_line.hpp"

namespace notify::cli::key {
namespace {

class KeyCommands : public testing_support::CommandLineTest {};

TEST_F(KeyCommands, CreatePrintsTheKeyThisOnce) {
  api.Answers("createKey", R"({"id":"k1","key":"nk_k1_x","role":"publisher","tenant":"blue"})");
  EXPECT_EQ(Run("key create --tenant blue --role publisher -o json"), 0);
  EXPECT_EQ(OutJson().Text("key"), "nk_k1_x");
  EXPECT_EQ(api.caller.tenant, "blue");
  EXPECT_EQ(api.body().Compact(), R"({"role":"publisher"})");
}

TEST_F(KeyCommands, CreateTellsPeopleToKeepIt) {
  api.Answers("createKey", R"({"id":"k1","key":"nk_k1_x","role":"a,b","tenant":"blue"})");
  EXPECT_EQ(Run("key create --tenant blue --role a,b --name ci"), 0);
  EXPECT_NE(out().find("nk_k1_x"), std::string::npos);
  EXPECT_NE(err().find("not shown again"), std::string::npos);
}

TEST_F(KeyCommands, CreateNeedsARole) { EXPECT_EQ(Run("key create --tenant blue"), 2); }

TEST_F(KeyCommands, ListAndRevoke) {
  api.Answers("listKeys", R"({"items":[{"id":"k1","role":"viewer"}],"next":null})")
      .Answers("revokeKey", R"({"id":"k1","revoked":true})");
  EXPECT_EQ(Run("keys list -o name"), 0);
  EXPECT_EQ(out(), "k1\n");
  EXPECT_EQ(Run("key revoke k1"), 0);
  EXPECT_EQ(api.last().path.at("id"), "k1");
}

}  // namespace
}  // namespace notify::cli::key
