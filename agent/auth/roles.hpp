#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/flow/roles.hpp"
#include "common/result.hpp"

namespace notify::agent::auth {

/// What a request needs: the columns of the role table (contract 5).
enum class Permission : std::uint8_t {
  kPublish,         ///< Publish events.
  kSubscribe,       ///< Subscribe and stream; a subscriber alone is narrowed to what is its own.
  kReadEvents,      ///< List and read any event, and stream unnarrowed.
  kReadOwnAnswers,  ///< Read what became of events that the caller published.
  kSend,            ///< SendToUser, SendToGroup, Broadcast.
  kReadSettings,    ///< Read templates, triggers, quotas.
  kWriteSettings,   ///< Write them.
  kManageAccess,    ///< Keys and tokens; see MayGrant.
  kManageTenants,   ///< Tenants, and requests on behalf of other tenants.
};

/// Whether one of `roles` gives the permission. Threads: any.
bool Allows(RoleSet roles, Permission permission);

/// Whether somebody with `roles` may give out a key or token with `granted`: kManageAccess, and
/// never above its own. Nothing may be granted that is empty.
bool MayGrant(RoleSet roles, RoleSet granted);

/// `subscriber`, `viewer`, `publisher`, `tenant-admin`, `platform-admin`.
std::string_view ToString(Role role);
/// Nothing where the word names no role.
std::optional<Role> RoleFromString(std::string_view word);

/// Comma-separated, lowest first: `viewer,publisher`; empty for none.
std::string ToString(RoleSet roles);
/// Reads what ToString writes, in any order. kInvalidArgument names the word that is no role; so is
/// nothing at all.
Result<RoleSet> ParseRoles(std::string_view text);

}  // namespace notify::agent::auth
