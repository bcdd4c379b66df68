#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/async/file.hpp"
#include "agent/eventlog/segments/segment_index.hpp"
#include "agent/flow/retention_hold.hpp"
#include "agent/flow/tenant_record.hpp"

namespace notify::agent::eventlog {

/// How long events stay where their tenant says nothing else.
struct RetentionOptions {
  std::chrono::nanoseconds max_age = std::chrono::hours(24 * 8);
  std::uint64_t keep_bytes = 1ULL << 30;  ///< Older ones stay while the log is not above this.
  std::uint64_t max_bytes = 0;            ///< However young; 0: no such limit.
  std::uint64_t max_events = 0;           ///< However young; 0: no such limit.
};

/// How much of the disk the logs may take, in percent of the file system.
struct StorageOptions {
  unsigned tenant_percent = 10;  ///< Of one tenant, where it has no limit of its own.
  unsigned low_percent = 85;     ///< Used: from here on tenants above their share are warned,
  unsigned high_percent = 95;    ///< from here on they are refused.
  unsigned reserve_percent = 2;  ///< Free: left to the agent's own state.
};

/// What is in force for one tenant.
struct RetentionLimits {
  std::int64_t max_age_ms = 0;
  std::uint64_t keep_bytes = 0;
  std::optional<std::uint64_t> max_bytes;
  std::optional<std::uint64_t> max_events;
  std::uint64_t storage_bytes = 0;

  static RetentionLimits Of(const RetentionOptions& options, const StorageOptions& storage,
                            const TenantRecord& tenant, const async::DiskSpace& disk);
};

/// Decides how many of the oldest blocks of a log go. A block goes as a whole, so that at least
/// what the limits say stays: it goes where
///
/// - the log is above its storage limit, or above `max_bytes`;
/// - or `max_events` are behind it;
/// - or all of it is older than `max_age` and at least `keep_bytes` are behind it;
///
/// and none of its events is held. The first block that stays ends it: a log is cut in front only.
///
/// Lifetime: for one look at one log.
/// Threads:  one.
class RetentionCut {
 public:
  /// `extent` is what lies in the segments.
  RetentionCut(const RetentionLimits& limits, std::int64_t now_ms, Epoch epoch,
               const StoredExtent& extent);

  /// Who holds what; before the first block.
  void Hold(std::vector<HeldEvents> held) { held_ = std::move(held); }

  /// Takes the next block, in order: false where it stays.
  bool Take(const StoredBlockInfo& block);

  Sequence first() const { return first_; }  ///< What stays begins here.
  std::uint64_t removed_events() const { return removed_events_; }
  std::uint64_t removed_bytes() const { return removed_bytes_; }
  /// Who keeps the first block that stays from going; empty: nobody, it may stay.
  const std::string& held_by() const { return held_by_; }
  /// What stays is still more than the tenant may store.
  bool over_storage() const { return bytes_ > limits_.storage_bytes; }

 private:
  bool Goes(const StoredBlockInfo& block) const;
  const HeldEvents* HolderOf(const StoredBlockInfo& block) const;

  RetentionLimits limits_;
  std::int64_t now_ms_;
  Epoch epoch_;
  std::vector<HeldEvents> held_;
  Sequence first_;
  std::uint64_t bytes_;   // Of what stays.
  std::uint64_t events_;  // As many.
  std::uint64_t removed_events_ = 0;
  std::uint64_t removed_bytes_ = 0;
  std::string held_by_;
};

}  // namespace notify::agent::eventlog
