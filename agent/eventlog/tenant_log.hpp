#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/eventlog/block_sealer.hpp"
#include "agent/eventlog/commit_log.hpp"
#include "agent/eventlog/duplicates.hpp"
#include "agent/flow/event_source.hpp"

namespace notify::agent::eventlog {

/// How much the log remembers and keeps at hand.
struct LogOptions {
  std::chrono::nanoseconds dedupe_window = std::chrono::hours(24);
  std::size_t dedupe_max_events = 16'000'000;
  std::size_t tail_bytes = 4 << 20;     ///< Newest events of an open tenant that stay in memory.
  std::size_t feed_bytes = 4 << 20;     ///< What may wait for one live feed.
  std::size_t turn_bytes = 256 << 10;   ///< Of one tenant in one commit.
  std::size_t intake_bytes = 64 << 20;  ///< What may wait for one storage thread.
  std::size_t max_open = 64;            ///< Tenants open at once on a thread.
  std::chrono::nanoseconds idle_close = std::chrono::seconds(60);
};

/// An event that was there already.
struct DuplicateOf {
  std::size_t index = 0;  ///< In the batch.
  Sequence sequence;      ///< Of the first event.
  std::string id;         ///< Of the first event.
};

/// What an append came to. Event i that is no duplicate has the next number after the one before.
struct AppendOutcome {
  Epoch epoch;
  Sequence first;  ///< Of the first accepted event; 0 where none was.
  std::uint32_t accepted = 0;
  std::vector<DuplicateOf> duplicates;
};

/// One tenant's log on its storage thread: head, duplicates, newest events, live feeds.
///
/// Lifetime: from Open to Close of the tenant; dropped and opened again after a failed commit.
/// Threads:  its storage thread.
class TenantLog {
 public:
  /// A batch with its numbers, not yet durable.
  struct Numbered {
    std::optional<BlockToCommit> block;  ///< Nothing where every event was a duplicate.
    BatchPtr batch;
    AppendOutcome outcome;
  };

  /// Opens what is on disk. `log` and `sealer` are the thread's and outlive it.
  static Result<std::unique_ptr<TenantLog>> Open(const TenantHandle& tenant, CommitLog& log,
                                                 BlockSealer& sealer, const LogOptions& options,
                                                 std::int64_t now_ms);

  /// Drops duplicates and gives numbers, as if what was numbered before were durable.
  Numbered Number(SealedBatch batch, std::int64_t now_ms);

  /// What Number gave is durable: the head moves, feeds get the batch.
  void Committed(BatchPtr batch);

  /// Tells every feed that it must attach again.
  void DropFeeds();

  void Attach(async::Executor& executor, std::shared_ptr<LiveFeed> feed);
  void Detach(const LiveFeed& feed);

  LogHead Head() const;
  /// The batches from memory that follow `after`; nothing where memory does not reach that far.
  std::optional<std::vector<BatchPtr>> ReadTail(Sequence after, std::size_t max_bytes) const;

  /// Whether it may be closed: nobody is attached, and no commit is under way.
  bool idle() const { return feeds_.empty() && pending_.empty(); }
  std::int64_t last_used_ms = 0;

 private:
  TenantLog(const TenantHandle& tenant, CommitLog& log, BlockSealer& sealer,
            const LogOptions& options);
  Status LoadDuplicates(std::int64_t now_ms);
  /// The places of the events that stay, their keys in `keys`; what was there before is in
  /// `duplicates` and in the header.
  std::vector<std::uint32_t> DropDuplicates(SealedBatch& sealed, BlockHeader& header,
                                            std::string& keys,
                                            std::vector<DuplicateOf>& duplicates);
  std::optional<DuplicateOf> FindDuplicate(std::uint64_t key, const SealedBatch& sealed,
                                           std::size_t index);
  BatchPtr BatchWith(Sequence sequence);

  struct Feed {
    async::Executor* executor;
    // Shared with the closures under way to the feed's executor.
    std::shared_ptr<LiveFeed> feed;
    std::shared_ptr<std::atomic<std::int64_t>> waiting_bytes;
  };

  const TenantHandle tenant_;
  CommitLog& log_;
  BlockSealer& sealer_;
  const LogOptions& options_;

  LogExtent durable_;
  Sequence next_{1};  // The next number to give; above `durable_.last` while a commit is under way.
  std::int64_t last_recorded_ms_ = 0;
  Duplicates duplicates_;
  std::deque<BatchPtr> pending_;  // Numbered, not yet durable.
  std::deque<BatchPtr> tail_;
  std::size_t tail_bytes_ = 0;
  std::vector<Feed> feeds_;
};

}  // namespace notify::agent::eventlog
