#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "agent/async/file.hpp"
#include "agent/tenant/platform_store.hpp"
#include "common/ids.hpp"
#include "common/result.hpp"

namespace notify::agent::tenant {

/// Makes what a backup was unpacked to (`folder`, with `platform.db` and `tenants`) a data folder
/// to start from. Each tenant's log gets a new epoch, because events may have followed the backup
/// that are not in it, and a client's position behind it must not be taken for one of this log
/// (contract 3); the positions that the tenant's own state holds move to it. Tenants without a
/// folder, which were deleted while the backup was made, are left out. Where it is cut off, the
/// backup is to be unpacked anew.
///
/// Returns the tenants that are there. kUnavailable where a newer agent wrote platform.db.
/// Threads:  one; nobody else uses the files.
Result<std::vector<TenantId>> SettleRestored(async::FileSystem& files, const std::string& folder,
                                             std::int64_t now_ms);

/// A tenant as a backup's platform.db holds it.
struct RestoredTenant {
  TenantRow row;
  std::vector<KeyRow> keys;  ///< The revoked ones, too.
  std::map<std::string, std::int64_t, std::less<>> revoked_users;
};

/// Those of `wanted` that have a folder in what a backup was unpacked to, and were not being
/// deleted. kUnavailable where a newer agent wrote platform.db.
/// Threads: one; nobody else uses the files.
Result<std::vector<RestoredTenant>> ReadRestored(async::FileSystem& files,
                                                 const std::string& folder,
                                                 const std::set<TenantId>& wanted);

/// Moves the positions in the state of a tenant's folder to its log's new epoch.
/// Threads: one; nobody else uses the files.
Status MoveState(async::FileSystem& files, const std::string& folder, Epoch from, Epoch to);

}  // namespace notify::agent::tenant
