#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/async/runtime.hpp"
#include "agent/async/signal.hpp"
#include "agent/eventlog/background/background_writer.hpp"
#include "agent/eventlog/retention/disk_level.hpp"
#include "agent/eventlog/retention/retention_round.hpp"

namespace notify::agent::eventlog {

/// What care for a tenant's log came to, for metrics, and for telling the tenant.
struct CareNews {
  StoredExtent extent;                         ///< What lies in the segments.
  std::chrono::milliseconds dedupe_horizon{};  ///< How far back duplicates are recognised.
  std::uint64_t removed_events = 0;            ///< By retention, now.
  /// What changed for the tenant's storage.
  enum class Storage : std::uint8_t { kSame, kWarned, kRefused, kResumed };
  Storage storage = Storage::kSame;
  std::string detail;  ///< Why, where something changed.
};

/// Keeps every log within its limits and the disk from filling up. Each tenant is looked at once
/// after a start, when an event of it comes of age, and when what was moved to its segments brings
/// it above a limit; a tenant at rest costs nothing.
///
/// Lifetime: as the EventLog; its writer is stopped before it goes.
/// Threads:  the background executor.
class RetentionKeeper {
 public:
  struct Parts {
    async::Runtime& runtime;
    BackgroundWriter& writer;
    const RetentionOptions& retention;
    const StorageOptions& storage;
    KeyHorizon keys;
    std::string folder;  ///< On the disk that is watched.
    /// As RetentionRound::Shared::begins_at.
    std::function<async::Task<void>(TenantHandle, Sequence)> begins_at;
    /// A tenant's new events, or everybody's, are refused with this error from now on; nothing:
    /// they are taken.
    std::function<void(const TenantHandle&, std::optional<Error>)> refuse;
    std::function<void(std::optional<Error>)> refuse_all;
    /// What lies in a tenant's segments now.
    std::function<void(const TenantHandle&, const StoredExtent&)> stored;
    std::function<void(const TenantHandle&, const CareNews&)> news;
    std::function<void(const async::DiskSpace&, DiskLevel)> disk;
  };
  explicit RetentionKeeper(Parts parts) : parts_(std::move(parts)) {}
  RetentionKeeper(const RetentionKeeper&) = delete;
  RetentionKeeper& operator=(const RetentionKeeper&) = delete;

  /// Asked before anything is removed. Before the first tenant; it outlives the keeper.
  void AddHold(RetentionHold& hold) { holds_.push_back(&hold); }

  /// The tenants that there are now, with their limits; those that are new or changed are looked
  /// at. What is not in the list is let alone.
  void SetTenants(std::vector<TenantHandle> tenants);

  /// The mover put something into a tenant's segments.
  void Moved(const TenantHandle& tenant, const StoredExtent& extent);

  /// Looks at the disk, and at the logs whose time has come. From time to time.
  void Tick();

  /// Looks at one log now. Nothing is removed any more that who asked before does not want gone.
  async::Task<Status> LookNow(TenantHandle tenant);

  /// What it was refused for holds no more.
  void Forget(const TenantId& tenant);

  /// What is known of a tenant, for `log stat`.
  struct Standing {
    RetentionLimits limits;
    std::vector<HeldEvents> held;
    std::string held_by;           ///< Who kept something from going, when it was looked at.
    std::optional<Error> refused;  ///< Why new events are refused.
    async::DiskSpace disk;
    DiskLevel level = DiskLevel::kFine;
  };
  async::Task<Result<Standing>> StandingOf(TenantHandle tenant);

 private:
  struct Entry {
    explicit Entry(TenantHandle handle) : tenant(std::move(handle)) {}
    TenantHandle tenant;
    bool looked = false;    // Since the start, or since it was changed.
    bool waiting = false;   // For its turn.
    bool measured = false;  // `extent` was learnt, or cannot be.
    StoredExtent extent;
    std::optional<StoredBlockInfo> front;
    std::int64_t not_before_ms = 0;  // Where something was held or failed.
    std::string held_by;
    bool warned = false;
    std::optional<Error> refused;
  };

  bool IsDue(const Entry& entry) const;
  void Queue(Entry& entry);
  async::Task<void> LookAt(TenantId tenant);
  async::Task<Status> Look(TenantHandle tenant);
  void Take(Entry& entry, const RetentionReport& report);
  CareNews NewsOf(const StoredExtent& extent) const;
  void LookAtDisk();
  void Judge();
  void TakeShares();
  void JudgeOne(Entry& entry);
  std::optional<Error> Refusal(const Entry& entry) const;
  RetentionLimits LimitsOf(const TenantHandle& tenant) const;
  std::int64_t NowMs() const;

  const Parts parts_;
  std::vector<RetentionHold*> holds_;
  std::map<TenantId, Entry> entries_;
  async::DiskSpace disk_;
  DiskLevel level_ = DiskLevel::kFine;
  std::uint64_t low_share_ = UINT64_MAX;
  std::uint64_t high_share_ = UINT64_MAX;
  bool all_measured_ = false;  // Once since the start.
  bool all_refused_ = false;
  std::string complaint_;
};

}  // namespace notify::agent::eventlog
