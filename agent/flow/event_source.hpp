#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <vector>

#include "agent/async/task.hpp"
#include "agent/flow/tenant_handle.hpp"
#include "common/model/event_parser.hpp"
#include "common/model/gap.hpp"

namespace notify::agent {

/// Consecutive events of one tenant as the log holds them. Immutable, shared between threads.
struct CommittedBatch {
  Epoch epoch;
  Sequence first;                ///< Of the first event; the others follow without a gap.
  std::int64_t recorded_ms = 0;  ///< When the first was committed, Unix ms.
  EventBatch events;
  /// Where later commits begin among the events, ascending; empty where one commit brought all.
  struct LaterCommit {
    std::uint32_t index = 0;
    std::int64_t recorded_ms = 0;
  };
  std::vector<LaterCommit> later;

  Sequence last() const { return Sequence{first.value + events.size() - 1}; }
  /// When the event at `index` was committed, Unix ms.
  std::int64_t RecordedMs(std::size_t index) const {
    const auto behind = std::ranges::upper_bound(later, index, {}, &LaterCommit::index);
    return behind == later.begin() ? recorded_ms : std::prev(behind)->recorded_ms;
  }
  std::int64_t RecordedMs(Sequence sequence) const {
    return RecordedMs(static_cast<std::size_t>(sequence.value - first.value));
  }
  /// When the last event was committed.
  std::int64_t last_recorded_ms() const {
    return later.empty() ? recorded_ms : later.back().recorded_ms;
  }
};
// Shared by the log's memory, its readers and the I/O threads that fan it out.
using BatchPtr = std::shared_ptr<const CommittedBatch>;

/// Where a log begins and ends now.
struct LogHead {
  Epoch epoch;
  Sequence first;  ///< The oldest event; one above `last` where the log is empty.
  Sequence last;   ///< The newest event; 0 where there was none.
  std::uint64_t bytes = 0;
  std::int64_t dedupe_horizon_seconds = 0;  ///< How far back duplicates are recognised.
  std::uint64_t dedupe_horizon_events = 0;
};

/// What a read gave: consecutive batches, the first of which may begin before the position.
struct ReadPage {
  std::vector<BatchPtr> batches;
  Position after;          ///< The last event read; where the next read goes on.
  std::optional<Gap> gap;  ///< Where reading could not begin right after the position.
  bool at_head = false;    ///< Nothing was behind `after` when it was read.
};

/// Someone who is pushed each batch of a tenant right after its commit, in order, without a hole.
///
/// Threads:  called on the executor that it was attached with.
class LiveFeed {
 public:
  virtual ~LiveFeed() = default;
  virtual void OnBatch(BatchPtr batch) = 0;
  /// The feed fell behind its bound and is detached: read from the log, then attach again.
  virtual void OnLagging() = 0;
};

/// The reading side of the log, for those who do not know the log.
///
/// Lifetime: as the agent.
/// Threads:  any executor; answers come on the caller's.
class EventSource {
 public:
  virtual ~EventSource() = default;

  /// Events after `after` in order, at most `max_bytes` of them but at least one batch where there
  /// is one. Epoch 0 means the log that is there now; another epoch than the log's, or a sequence
  /// that the log does not have, is a gap: reading goes on where the contract says.
  virtual async::Task<Result<ReadPage>> Read(TenantHandle tenant, Position after,
                                             std::size_t max_bytes) = 0;

  virtual async::Task<Result<LogHead>> Head(TenantHandle tenant) = 0;

  /// Attaches between two commits: the feed gets every batch after the position in the answer.
  virtual async::Task<Result<Position>> Attach(TenantHandle tenant, async::Executor& executor,
                                               std::shared_ptr<LiveFeed> feed) = 0;
  virtual void Detach(TenantHandle tenant, std::shared_ptr<LiveFeed> feed) = 0;
};

/// Someone who pulls from the log after a durable cursor of its own, and is told that the head
/// moved: coalesced, never blocking.
///
/// Threads:  called on the platform executor.
class EventConsumer {
 public:
  virtual ~EventConsumer() = default;
  virtual void HeadMoved(const TenantHandle& tenant, Position head) = 0;
};

}  // namespace notify::agent
