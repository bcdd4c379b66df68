#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/eventlog/background/key_run_keeper.hpp"
#include "agent/eventlog/blocks/block_sealer.hpp"
#include "agent/eventlog/duplicates.hpp"
#include "agent/eventlog/ports/commit_log.hpp"
#include "agent/eventlog/retention/retention_policy.hpp"
#include "agent/eventlog/stored_keys.hpp"
#include "agent/eventlog/stream_numbering.hpp"
#include "agent/flow/event_source.hpp"

namespace notify::agent::eventlog {

/// How much the log remembers and keeps at hand.
struct LogOptions {
  std::chrono::nanoseconds dedupe_window = std::chrono::hours(24);
  std::size_t dedupe_max_events = 16'000'000;
  std::size_t tail_bytes = 4 << 20;        ///< Newest events of an open tenant that stay in memory.
  std::size_t tails_bytes = 64 << 20;      ///< All tails of a thread together.
  std::size_t feed_bytes = 4 << 20;        ///< What may wait for one live feed.
  std::size_t turn_bytes = 256 << 10;      ///< Of one tenant in one commit.
  std::size_t commit_bytes = 8 << 20;      ///< Of all tenants in one commit.
  std::size_t intake_bytes = 64 << 20;     ///< What may wait for one storage thread.
  std::uint64_t journal_bytes = 64 << 20;  ///< Of each of a storage thread's two files.
  std::size_t cache_bytes = 64 << 20;      ///< Decoded blocks that readers share.
  std::size_t max_open = 64;               ///< Tenants whose files are open at once on a thread.
  std::size_t max_live = 16'384;           ///< Tenants with a head in memory at once on a thread.
  std::chrono::nanoseconds idle_close = std::chrono::seconds(60);
  RetentionOptions retention;
  StorageOptions storage;

  KeyHorizon key_horizon() const {
    return {std::chrono::duration_cast<std::chrono::milliseconds>(dedupe_window),
            dedupe_max_events};
  }
};

/// An event that was there already.
struct DuplicateOf {
  std::size_t index = 0;             ///< In the batch.
  Sequence sequence;                 ///< Of the first event.
  std::string id;                    ///< Of the first event.
  std::uint64_t stream_version = 0;  ///< Of the first event; 0: it is in no stream, or not known.
};

/// What an append came to. An event that is no duplicate and has no conflict has the next number
/// after the one before.
struct AppendOutcome {
  Epoch epoch;
  Sequence first;  ///< Of the first accepted event; 0 where none was.
  std::uint32_t accepted = 0;
  std::uint64_t stream_version = 0;  ///< Of the first accepted event; 0 where it is in no stream.
  std::vector<DuplicateOf> duplicates;    ///< In the order of the batch.
  std::vector<StreamConflict> conflicts;  ///< In the order of the batch.
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
    std::uint64_t block_bytes = 0;
    BatchPtr batch;
    AppendOutcome outcome;
  };

  /// What the thread's logs share; outlives them.
  struct Shared {
    CommitLog& log;
    BlockSealer& sealer;
    FilterMemory& filters;
    StreamMemory& streams;
    const LogOptions& options;
  };

  /// Opens what is on disk.
  static Result<std::unique_ptr<TenantLog>> Open(const TenantHandle& tenant, Shared shared,
                                                 std::int64_t now_ms);

  /// Drops duplicates and what conflicts with its stream, and gives numbers, as if what was
  /// numbered before were durable. An error gives no number, and then the log must be opened again
  /// once nothing is pending.
  Result<Numbered> Number(SealedBatch batch, std::int64_t now_ms);

  /// What Number gave is durable: the head moves, feeds get the batch.
  void Committed(BatchPtr batch, std::uint64_t block_bytes);

  /// Retention lets the log begin there.
  void BeginsAt(Sequence first) { durable_.first = std::max(durable_.first, first); }
  /// What lies in the segments now, and how much in the journal behind that.
  void Stored(const StoredExtent& extent, std::uint64_t journal_bytes);

  /// The duplicate keys and streams of a generation are in sorted runs and tables now.
  void KeysMoved(std::uint64_t generation);

  /// Tells every feed that it must attach again.
  void DropFeeds();

  void Attach(async::Executor& executor, std::shared_ptr<LiveFeed> feed);
  void Detach(const LiveFeed& feed);

  Epoch epoch() const { return tenant_.record().epoch; }
  LogHead Head() const;
  /// Where a stream stands; version 0 where it has no event.
  Result<StreamHead> Stream(std::string_view name);
  /// The batches from memory that follow `after`; nothing where memory does not reach that far.
  std::optional<std::vector<BatchPtr>> ReadTail(Sequence after, std::size_t max_bytes) const;

  /// Whether it may be closed: nobody is attached, and no commit is under way.
  bool idle() const { return feeds_.empty() && pending_.empty(); }
  /// What the newest events take of memory; those who need them read them from disk once dropped.
  std::size_t tail_bytes() const { return tail_bytes_; }
  void DropTail();
  std::int64_t last_used_ms = 0;

 private:
  TenantLog(const TenantHandle& tenant, Shared shared);
  Status LoadRecentKeys();
  /// Among how many of the last events every duplicate key is known.
  std::uint64_t HorizonEvents() const;
  /// The places of the events that stay, their keys in `keys`; the others are in the outcome and in
  /// the header, with the versions that streams get.
  Result<std::vector<std::uint32_t>> Select(SealedBatch& sealed, BlockHeader& header,
                                            std::string& keys, AppendOutcome& outcome);
  Result<std::optional<DuplicateOf>> FindDuplicate(std::uint64_t key, const SealedBatch& sealed,
                                                   std::size_t index);
  BatchPtr BatchWith(Sequence sequence);

  struct Feed {
    async::Executor* executor;
    // Shared with the closures under way to the feed's executor.
    std::shared_ptr<LiveFeed> feed;
    std::shared_ptr<std::atomic<std::int64_t>> waiting_bytes;
  };

  const TenantHandle tenant_;
  const Shared shared_;

  LogExtent durable_;
  Sequence next_{1};  // The next number to give; above `durable_.last` while a commit is under way.
  std::int64_t last_recorded_ms_ = 0;
  Duplicates duplicates_;
  StoredKeys stored_keys_;
  StreamVersions streams_;
  bool broken_ = false;
  BatchPtr looked_at_;  // The last block that a duplicate was looked up in: they come in droves.
  std::deque<BatchPtr> pending_;  // Numbered, not yet durable.
  std::deque<BatchPtr> tail_;
  std::size_t tail_bytes_ = 0;
  std::vector<Feed> feeds_;
};

}  // namespace notify::agent::eventlog
