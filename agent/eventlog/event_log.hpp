#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "agent/async/runtime.hpp"
#include "agent/eventlog/storage_shard.hpp"
#include "agent/flow/event_source.hpp"
#include "agent/flow/tenant_holder.hpp"

namespace notify::agent::eventlog {

/// The durable event log of every tenant: ordered, deduplicated, encrypted. What Append
/// acknowledges is on disk; numbers have no gap; a reader passes from history to live without a
/// gap or a repeat.
///
/// Lifetime: as the agent; nothing is under way when it goes.
/// Threads:  any executor; answers come on the caller's.
class EventLog final : public EventSource, public TenantHolder {
 public:
  using CommitLogFactory = std::function<std::unique_ptr<CommitLog>()>;

  /// `runtime` outlives the log. `make_log` gives each storage thread, and the reader, its own.
  EventLog(async::Runtime& runtime, LogOptions options, CommitLogFactory make_log);
  ~EventLog() override;

  /// Told on the platform executor that a tenant's head moved, coalesced. Before anything is
  /// appended; the consumer outlives the log.
  void AddConsumer(EventConsumer& consumer) { consumers_.push_back(&consumer); }
  /// Told each commit, on storage threads. Before anything is appended.
  void OnCommit(std::function<void(const CommitReport&)> observer) {
    on_commit_ = std::move(observer);
  }

  /// Stores a batch and answers when it is durable. Three answers: the outcome (there, once), an
  /// error (not there), or kOutcomeUnknown (publish again with the same ids). kOverloaded where the
  /// storage thread's queue is full; the agent's own events (`own`) are never refused for load.
  async::Task<Result<AppendOutcome>> Append(TenantHandle tenant, Admission admission,
                                            SealedBatch batch, bool own = false);

  async::Task<Result<ReadPage>> Read(TenantHandle tenant, Position after,
                                     std::size_t max_bytes) override;
  async::Task<Result<LogHead>> Head(TenantHandle tenant) override;
  async::Task<Result<Position>> Attach(TenantHandle tenant, async::Executor& executor,
                                       std::shared_ptr<LiveFeed> feed) override;
  void Detach(TenantHandle tenant, std::shared_ptr<LiveFeed> feed) override;

  /// The newest event with this id, of `source` where one is given; nothing where there is none.
  struct Found {
    BatchPtr batch;
    std::size_t index = 0;
  };
  async::Task<Result<std::optional<Found>>> Find(TenantHandle tenant, std::string id,
                                                 std::string source);

  /// The position before the first event recorded at `time` or later.
  async::Task<Result<Position>> Before(TenantHandle tenant, Clock::WallTime time);

  /// Closes the log of a tenant that is being deleted, on its storage thread and the reader.
  async::Task<void> LetGo(TenantHandle tenant) override;

  /// Closes what nobody used for a while; called from time to time.
  void CloseIdle();

  /// Closes all files, each on its thread, and waits until nothing of the log is under way there.
  /// The last call before the log goes.
  async::Task<void> Close();

 private:
  class Reader;
  struct Announcement;

  StorageShard& ShardOf(const TenantHandle& tenant) {
    return *shards_[tenant.record().storage % shards_.size()];
  }
  void Announce(std::size_t shard, const TenantHandle& tenant, Position head);

  async::Runtime& runtime_;
  const LogOptions options_;
  std::vector<EventConsumer*> consumers_;
  std::function<void(const CommitReport&)> on_commit_;
  std::vector<std::unique_ptr<StorageShard>> shards_;
  std::unique_ptr<Reader> reader_;  // Used on the reader executor only.
  // By shard, used on that storage thread only: which heads are under way to the consumers.
  std::vector<std::map<TenantId, std::shared_ptr<Announcement>>> announcements_;
};

}  // namespace notify::agent::eventlog
