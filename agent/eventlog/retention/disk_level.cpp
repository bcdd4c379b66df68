#include "agent/eventlog/retention/disk_level.hpp"

#include <algorithm>
#include <string>

namespace notify::agent::eventlog {
namespace {

std::uint64_t Part(std::uint64_t whole, unsigned percent) {
  // In two steps, so that nothing overflows and small disks keep their digits.
  return whole / 100 * percent + whole % 100 * percent / 100;
}

bool InReserve(const async::DiskSpace& disk, const StorageOptions& options) {
  return disk.free < Part(disk.total, options.reserve_percent);
}

}  // namespace

std::string_view DiskLevelName(DiskLevel level) {
  switch (level) {
    case DiskLevel::kFine:
      return "fine";
    case DiskLevel::kLow:
      return "low";
    case DiskLevel::kHigh:
      return "high";
    case DiskLevel::kReserve:
      return "reserve";
  }
  return "fine";
}

DiskLevel LevelOf(const async::DiskSpace& disk, const StorageOptions& options) {
  if (disk.total == 0) return DiskLevel::kFine;  // Some file systems do not tell.
  if (InReserve(disk, options)) return DiskLevel::kReserve;
  if (disk.used() >= Part(disk.total, options.high_percent)) return DiskLevel::kHigh;
  if (disk.used() >= Part(disk.total, options.low_percent)) return DiskLevel::kLow;
  return DiskLevel::kFine;
}

std::uint64_t ShareOf(const async::DiskSpace& disk, unsigned percent, std::uint64_t logs,
                      std::uint64_t tenants) {
  const std::uint64_t mark = Part(disk.total, percent);
  const std::uint64_t other = disk.used() - std::min(logs, disk.used());
  return (mark - std::min(other, mark)) / std::max<std::uint64_t>(tenants, 1);
}

Status RoomBesideReserve(const async::DiskSpace& disk, const StorageOptions& options) {
  if (!InReserve(disk, options)) return {};
  return Fail(Errc::kStorageFull,
              "The disk is full: the last " + std::to_string(options.reserve_percent) +
                  " % of it is kept for the agent's own state.",
              "Free space on the agent's disk; it goes on by itself then.");
}

}  // namespace notify::agent::eventlog
