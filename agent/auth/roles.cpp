#include "agent/auth/roles.hpp"

#include <algorithm>
#include <array>

namespace notify::agent::auth {
namespace {

constexpr std::array kRoles = {Role::kSubscriber, Role::kViewer, Role::kPublisher,
                               Role::kTenantAdmin, Role::kPlatformAdmin};

RoleSet RolesThatMay(Permission permission) {
  RoleSet roles = Role::kPlatformAdmin;
  if (permission == Permission::kManageTenants) return roles;
  roles.Add(Role::kTenantAdmin);
  switch (permission) {
    case Permission::kPublish:
    case Permission::kSend:
      roles.Add(Role::kPublisher);
      break;
    case Permission::kSubscribe:
      roles.Add(Role::kSubscriber);
      roles.Add(Role::kViewer);
      break;
    case Permission::kReadEvents:
    case Permission::kReadSettings:
      roles.Add(Role::kViewer);
      break;
    case Permission::kReadOwnAnswers:
      roles.Add(Role::kViewer);
      roles.Add(Role::kPublisher);
      break;
    case Permission::kWriteSettings:
    case Permission::kManageAccess:
    case Permission::kManageTenants:
      break;
  }
  return roles;
}

}  // namespace

bool Allows(RoleSet roles, Permission permission) {
  const auto enough = RolesThatMay(permission);
  return std::ranges::any_of(kRoles,
                             [&](Role role) { return roles.Has(role) && enough.Has(role); });
}

bool MayGrant(RoleSet roles, RoleSet granted) {
  if (granted.empty() || !Allows(roles, Permission::kManageAccess)) return false;
  return roles.Has(Role::kPlatformAdmin) || !granted.Has(Role::kPlatformAdmin);
}

std::string_view ToString(Role role) { return RoleName(role); }

std::optional<Role> RoleFromString(std::string_view word) { return RoleFromName(word); }

std::string ToString(RoleSet roles) {
  std::string text;
  for (const Role role : kRoles) {
    if (!roles.Has(role)) continue;
    if (!text.empty()) text += ',';
    text += RoleName(role);
  }
  return text;
}

Result<RoleSet> ParseRoles(std::string_view text) {
  RoleSet roles;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find(',', begin), text.size());
    const auto word = text.substr(begin, end - begin);
    const auto role = RoleFromString(word);
    if (!role) {
      return Fail(Errc::kInvalidArgument,
                  "'" + std::string(word.substr(0, 64)) +
                      "' is not a role; the roles are subscriber, viewer, publisher, tenant-admin "
                      "and platform-admin.");
    }
    roles.Add(*role);
    begin = end + 1;
  }
  return roles;
}

}  // namespace notify::agent::auth
