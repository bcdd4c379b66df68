#include "agent/auth/roles.hpp"

#include <algorithm>
#include <array>

namespace notify::agent::auth {
namespace {

struct RoleName {
  Role role;
  std::string_view name;
};

constexpr std::array kRoles = {
    RoleName{Role::kSubscriber, "subscriber"}, RoleName{Role::kViewer, "viewer"},
    RoleName{Role::kPublisher, "publisher"}, RoleName{Role::kTenantAdmin, "tenant-admin"},
    RoleName{Role::kPlatformAdmin, "platform-admin"}};

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
  return std::ranges::any_of(
      kRoles, [&](const auto& row) { return roles.Has(row.role) && enough.Has(row.role); });
}

bool MayGrant(RoleSet roles, RoleSet granted) {
  if (granted.empty() || !Allows(roles, Permission::kManageAccess)) return false;
  return roles.Has(Role::kPlatformAdmin) || !granted.Has(Role::kPlatformAdmin);
}

std::string_view ToString(Role role) { return kRoles.at(static_cast<std::size_t>(role)).name; }

std::optional<Role> RoleFromString(std::string_view word) {
  const auto row = std::ranges::find(kRoles, word, &RoleName::name);
  if (row == kRoles.end()) return std::nullopt;
  return row->role;
}

std::string ToString(RoleSet roles) {
  std::string text;
  for (const auto& [role, name] : kRoles) {
    if (!roles.Has(role)) continue;
    if (!text.empty()) text += ',';
    text += name;
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
