#pragma once

#include <cstdint>
#include <string_view>

#include "agent/async/file.hpp"
#include "agent/eventlog/retention/retention_policy.hpp"

namespace notify::agent::eventlog {

/// How full the disk is.
enum class DiskLevel : std::uint8_t {
  kFine,
  kLow,      ///< Above the low mark: tenants above their share are warned.
  kHigh,     ///< Above the high mark: they are refused.
  kReserve,  ///< What is left is for the agent's own state: every tenant is refused.
};

/// `fine`, `low`, `high`, `reserve`.
std::string_view DiskLevelName(DiskLevel level);

DiskLevel LevelOf(const async::DiskSpace& disk, const StorageOptions& options);

/// What each of `tenants` may have stored so that all of them together stay below `percent` of the
/// disk, beside what else lies there: 0 where that is too much already. `logs` is what all of them
/// store. Once the disk is that full, some tenant is above it.
std::uint64_t ShareOf(const async::DiskSpace& disk, unsigned percent, std::uint64_t logs,
                      std::uint64_t tenants);

/// Whether only the reserve is left. kStorageFull says so.
Status RoomBesideReserve(const async::DiskSpace& disk, const StorageOptions& options);

}  // namespace notify::agent::eventlog
