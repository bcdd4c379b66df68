#include "tests/unit/cli/command_line.hpp"

namespace notify::cli::token {
namespace {

class TokenCommands : public testing_support::CommandLineTest {};

TEST_F(TokenCommands, CreateTurnsRolesAndDurationIntoTheBody) {
  api.Answers("createToken", R"({"token":"eyJ","expiresAt":"2026-06-01T01:00:00Z"})");
  EXPECT_EQ(
      Run("token create --tenant blue --user alice --role viewer,subscriber --ttl 1h30m -o json"),
      0);
  EXPECT_EQ(api.body().Compact(),
            R"({"user":"alice","roles":["viewer","subscriber"],"ttlSeconds":5400})");
  EXPECT_EQ(OutJson().Compact(), R"({"token":"eyJ","expiresAt":"2026-06-01T01:00:00Z"})");
}

TEST_F(TokenCommands, CreateLeavesDefaultsToTheAgent) {
  api.Answers("createToken", R"({"token":"eyJ"})");
  EXPECT_EQ(Run("token create --user alice -o name"), 0);
  EXPECT_EQ(api.body().Compact(), R"({"user":"alice"})");
  EXPECT_EQ(out(), "eyJ\n");
}

TEST_F(TokenCommands, ADurationThatIsNoneIsInvalidInput) {
  EXPECT_EQ(Run("token create --user alice --ttl soon"), 8);
  EXPECT_EQ(Run("token create"), 2);
}

TEST_F(TokenCommands, RevokeNamesTheUser) {
  api.Answers("revokeTokens", R"({"user":"alice","revoked":true})");
  EXPECT_EQ(Run("token revoke --user alice"), 0);
  EXPECT_EQ(api.last().path.at("user"), "alice");
}

}  // namespace
}  // namespace notify::cli::token
