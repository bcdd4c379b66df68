#include "agent/auth/roles.hpp"

#include <gtest/gtest.h>

namespace notify::agent::auth {
namespace {

using enum Permission;

/// The row of the contract's table: one letter a permission, in the order of the enumeration.
std::string RowOf(Role role) {
  std::string row;
  for (const auto permission : {kPublish, kSubscribe, kReadEvents, kReadOwnAnswers, kSend,
                                kReadSettings, kWriteSettings, kManageAccess, kManageTenants}) {
    row += Allows(role, permission) ? 'y' : '-';
  }
  return row;
}

TEST(Roles, AllowWhatTheTableOfTheContractSays) {
  EXPECT_EQ(RowOf(Role::kSubscriber), "-y-------");
  EXPECT_EQ(RowOf(Role::kViewer), "-yyy-y---");
  EXPECT_EQ(RowOf(Role::kPublisher), "y--yy----");
  EXPECT_EQ(RowOf(Role::kTenantAdmin), "yyyyyyyy-");
  EXPECT_EQ(RowOf(Role::kPlatformAdmin), "yyyyyyyyy");
}

TEST(Roles, SeveralAllowWhatOneOfThemDoes) {
  RoleSet both = Role::kSubscriber;
  both.Add(Role::kPublisher);
  EXPECT_TRUE(Allows(both, kPublish));
  EXPECT_TRUE(Allows(both, kSubscribe));
  EXPECT_FALSE(Allows(both, kReadEvents));
  EXPECT_FALSE(Allows(RoleSet(), kSubscribe));
}

TEST(Roles, NobodyGrantsAboveItsOwn) {
  EXPECT_TRUE(MayGrant(Role::kTenantAdmin, Role::kTenantAdmin));
  EXPECT_FALSE(MayGrant(Role::kTenantAdmin, Role::kPlatformAdmin));
  EXPECT_TRUE(MayGrant(Role::kPlatformAdmin, Role::kPlatformAdmin));
  EXPECT_FALSE(MayGrant(Role::kPublisher, Role::kSubscriber));
  EXPECT_FALSE(MayGrant(Role::kPlatformAdmin, RoleSet()));
}

TEST(Roles, AreReadAndPrintedSeparatedByCommas) {
  EXPECT_EQ(ToString(ParseRoles("publisher,viewer").value()), "viewer,publisher");
  EXPECT_EQ(ToString(ParseRoles("platform-admin").value()), "platform-admin");
  EXPECT_EQ(ToString(RoleSet()), "");
}

TEST(Roles, AWordThatIsNoneIsNamed) {
  for (const auto* text : {"", "viewer,", "Viewer", "viewer publisher", "root"}) {
    EXPECT_EQ(ParseRoles(text).error().code, Errc::kInvalidArgument) << text;
  }
  EXPECT_TRUE(ParseRoles("viewer,root").error().detail.starts_with("'root' is not a role"));
}

}  // namespace
}  // namespace notify::agent::auth
