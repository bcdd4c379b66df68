#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/ids.hpp"
#include "common/result.hpp"

namespace notify::agent::backup {

/// The name of a backup's first member.
constexpr std::string_view kManifestName = "manifest.json";
constexpr std::string_view kPlatformName = "platform.db";

/// What a backup says of itself, before anything else.
struct Manifest {
  std::string version;        ///< Of the agent that made it.
  std::string created_at;     ///< RFC 3339
  std::string master_key_id;  ///< The key that its data needs; it is not in it.
  std::vector<TenantId> tenants;
};

std::string ToJson(const Manifest& manifest);

/// kInvalidArgument where it is none, kUnavailable where only a newer agent understands the backup.
Result<Manifest> ParseManifest(std::string_view json);

/// `tenants/<id>/<file>`
std::string MemberName(const TenantId& tenant, std::string_view file);

/// The tenant of a member `tenants/<id>/…` that a backup can have: `state.db`, `log/index.db`,
/// `log/<8 digits>.seg`. kInvalidArgument for any other name, so that nothing is ever written
/// elsewhere.
Result<TenantId> TenantOfMember(std::string_view name);

}  // namespace notify::agent::backup
