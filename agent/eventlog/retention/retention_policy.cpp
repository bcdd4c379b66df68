#include "agent/eventlog/retention/retention_policy.hpp"

#include <algorithm>
#include <limits>

namespace notify::agent::eventlog {
namespace {

std::optional<std::uint64_t> LimitOf(const std::optional<std::uint64_t>& own, std::uint64_t all) {
  if (own) return own;
  return all > 0 ? std::optional(all) : std::nullopt;
}

}  // namespace

RetentionLimits RetentionLimits::Of(const RetentionOptions& options, const StorageOptions& storage,
                                    const TenantRecord& tenant, const async::DiskSpace& disk) {
  const RetentionSettings& own = tenant.settings.retention;
  RetentionLimits limits;
  limits.max_age_ms = own.max_age_ms.value_or(
      std::chrono::duration_cast<std::chrono::milliseconds>(options.max_age).count());
  limits.keep_bytes = own.keep_bytes.value_or(options.keep_bytes);
  limits.max_bytes = LimitOf(own.max_bytes, options.max_bytes);
  limits.max_events = LimitOf(own.max_events, options.max_events);
  // Of a disk whose size nobody could tell, no part is too much: nothing is removed for that.
  const std::uint64_t of_disk = disk.total == 0 ? std::numeric_limits<std::uint64_t>::max()
                                                : disk.total / 100 * storage.tenant_percent;
  limits.storage_bytes = tenant.limits.storage_bytes.value_or(of_disk);
  return limits;
}

RetentionCut::RetentionCut(const RetentionLimits& limits, std::int64_t now_ms, Epoch epoch,
                           const StoredExtent& extent)
    : limits_(limits),
      now_ms_(now_ms),
      epoch_(epoch),
      first_(extent.first),
      bytes_(extent.bytes),
      events_(extent.events()) {}

bool RetentionCut::Take(const StoredBlockInfo& block) {
  if (!Goes(block)) return false;
  if (const HeldEvents* holder = HolderOf(block)) {
    held_by_ = holder->holder;
    return false;
  }
  // Up to the next block: a hole behind this one has nothing that could stay.
  const std::uint64_t events = block.last.value + 1 - first_.value;
  first_.value = block.last.value + 1;
  bytes_ -= std::min(bytes_, block.bytes);
  events_ -= std::min(events_, events);
  removed_events_ += events;
  removed_bytes_ += block.bytes;
  return true;
}

bool RetentionCut::Goes(const StoredBlockInfo& block) const {
  if (bytes_ > limits_.storage_bytes) return true;
  if (limits_.max_bytes && bytes_ > *limits_.max_bytes) return true;
  const std::uint64_t events = block.last.value + 1 - first_.value;
  if (limits_.max_events && events_ >= *limits_.max_events + events) return true;
  return block.last_recorded_ms < now_ms_ - limits_.max_age_ms &&
         bytes_ >= limits_.keep_bytes + block.bytes;
}

const HeldEvents* RetentionCut::HolderOf(const StoredBlockInfo& block) const {
  const auto holder = std::ranges::find_if(held_, [&](const HeldEvents& held) {
    if (block.last_recorded_ms < held.since_ms) return false;
    const bool of_this_log = held.after.epoch.value == 0 || held.after.epoch == epoch_;
    return !of_this_log || block.last > held.after.sequence;
  });
  return holder == held_.end() ? nullptr : &*holder;
}

}  // namespace notify::agent::eventlog
