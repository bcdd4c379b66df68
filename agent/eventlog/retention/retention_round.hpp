#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/async/task.hpp"
#include "agent/eventlog/background/pace.hpp"
#include "agent/eventlog/retention/retention_policy.hpp"

namespace notify::agent::eventlog {

/// What one look at a log came to.
struct RetentionReport {
  StoredExtent extent;                   ///< What lies in the segments now.
  std::optional<StoredBlockInfo> front;  ///< The first block of it.
  std::uint64_t removed_events = 0;
  std::uint64_t removed_bytes = 0;
  std::string held_by;  ///< Who keeps `front` from going, where it should go.
};

/// Looks at a tenant's segments once and removes what its limits say and nobody holds. In this
/// order, so that a crash at any point leaves a log that is whole: the storage thread learns where
/// the log will begin, then the index forgets the blocks, durably, then files in which nothing is
/// alive are deleted. Numbers and runs of duplicate keys stay.
///
/// Lifetime: for one look.
/// Threads:  the background executor; nobody writes the tenant's segments meanwhile.
class RetentionRound {
 public:
  struct Shared {
    async::FileSystem& files;
    Pace& pace;
    const std::vector<RetentionHold*>& holds;
    /// Tells the tenant's storage thread that its log begins at an event now.
    std::function<async::Task<void>(TenantHandle, Sequence)> begins_at;
  };

  /// All outlive it.
  RetentionRound(Shared shared, const TenantHandle& tenant, const RetentionLimits& limits,
                 std::int64_t now_ms)
      : shared_(std::move(shared)), tenant_(tenant), limits_(limits), now_ms_(now_ms) {}

  async::Task<Result<RetentionReport>> Look();

 private:
  Result<RetentionCut> Cut(const std::vector<HeldEvents>& held);
  async::Task<Result<std::vector<HeldEvents>>> AskHolders();
  async::Task<Status> Remove(Sequence first);
  Result<RetentionReport> Report(const RetentionCut& cut);

  const Shared shared_;
  const TenantHandle& tenant_;
  const RetentionLimits limits_;
  const std::int64_t now_ms_;
  std::unique_ptr<SegmentIndex> index_;
};

}  // namespace notify::agent::eventlog
