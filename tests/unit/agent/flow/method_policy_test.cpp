#include "agent/flow/method_policy.hpp"

#include <gtest/gtest.h>

namespace notify::agent {
namespace {

RoleSet Roles(Role a, Role b) {
  RoleSet roles = a;
  roles.Add(b);
  return roles;
}

TEST(MethodPolicyTest, TwoLeaveOnlyWhatBothLeave) {
  MethodPolicy platform;
  platform.roles = Roles(Role::kPublisher, Role::kTenantAdmin);
  platform.per_user = {Pace{10, std::chrono::seconds(1)}, {}};
  MethodPolicy tenant;
  tenant.roles = Roles(Role::kViewer, Role::kPublisher);
  tenant.per_user = {Pace{100, std::chrono::seconds(1)}, 3};
  const MethodPolicy both = Narrowed(platform, tenant);
  EXPECT_EQ(both.roles, RoleSet(Role::kPublisher));
  EXPECT_EQ(both.per_user, (PaceLimit{Pace{10, std::chrono::seconds(1)}, 3}));
  EXPECT_EQ(Narrowed(tenant, platform), both);
}

TEST(MethodPolicyTest, RolesThatHaveNothingInCommonLeaveNobody) {
  MethodPolicy platform;
  platform.roles = Role::kPublisher;
  MethodPolicy tenant;
  tenant.roles = Role::kViewer;
  EXPECT_EQ(Narrowed(platform, tenant).roles, RoleSet());
}

TEST(MethodPolicyTest, WhatOneSwitchedOffTheOtherCannotSwitchOn) {
  const MethodPolicy off{.enabled = false};
  EXPECT_FALSE(Narrowed(off, MethodPolicy{}).enabled);
  EXPECT_FALSE(Narrowed(MethodPolicy{}, off).enabled);
}

TEST(MethodPolicyTest, AMethodWithoutOneLosesNothing) {
  const MethodPolicies policies = {{HubMethod::kPublish, MethodPolicy{.enabled = false}}};
  EXPECT_FALSE(PolicyOf(policies, HubMethod::kPublish).enabled);
  EXPECT_EQ(PolicyOf(policies, HubMethod::kAck), MethodPolicy{});
}

}  // namespace
}  // namespace notify::agent
