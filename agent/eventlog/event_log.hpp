#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/async/runtime.hpp"
#include "agent/eventlog/background/background_writer.hpp"
#include "agent/eventlog/journal/journal_commit_log.hpp"
#include "agent/eventlog/log_reader.hpp"
#include "agent/eventlog/retention/compactions.hpp"
#include "agent/eventlog/retention/retention_keeper.hpp"
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
  /// `runtime` outlives the log. The journals lie in `folder`, which is made.
  EventLog(async::Runtime& runtime, LogOptions options, std::string folder);
  ~EventLog() override;

  /// Reads the journals that the last run left, before anything else is asked; `find` finds the
  /// tenants that they name. What a run with another number of storage threads left is moved to the
  /// tenants' segments first. Threads: the platform executor.
  async::Task<Status> Recover(FindTenant find);

  /// Told on the platform executor that a tenant's head moved, coalesced. Before anything is
  /// appended; the consumer outlives the log.
  void AddConsumer(EventConsumer& consumer) { consumers_.push_back(&consumer); }
  /// Told each commit, on storage threads. Before anything is appended.
  void OnCommit(std::function<void(const CommitReport&)> observer) {
    on_commit_ = std::move(observer);
  }

  /// Asked before retention removes anything. Before the first Tend; it outlives the log.
  void AddHold(RetentionHold& hold) { retention_->AddHold(hold); }
  /// Told what lies in a tenant's segments and what retention did, and how full the disk is; on the
  /// background executor. Before anything is appended.
  struct CareObserver {
    std::function<void(const TenantHandle&, const CareNews&)> news;
    std::function<void(const async::DiskSpace&, DiskLevel)> disk;
  };
  void OnCare(CareObserver observer) { care_ = std::move(observer); }

  /// Stores a batch and answers when it is durable. Three answers: the outcome (there, once), an
  /// error (not there), or kOutcomeUnknown (publish again with the same ids). kOverloaded where the
  /// storage thread's queue is full; the agent's own events (`own`) are never refused for load.
  async::Task<Result<AppendOutcome>> Append(TenantHandle tenant, Admission admission,
                                            SealedBatch batch, bool own = false);

  async::Task<Result<ReadPage>> Read(TenantHandle tenant, Position after,
                                     std::size_t max_bytes) override;
  /// The same for someone who looks for these types (patterns as in `fx.*`): blocks in the segments
  /// that hold none of them are not opened, and `after` in the page moves past them.
  async::Task<Result<ReadPage>> Read(TenantHandle tenant, Position after, std::size_t max_bytes,
                                     std::vector<std::string> types);
  async::Task<Result<LogHead>> Head(TenantHandle tenant) override;
  async::Task<Result<Position>> Attach(TenantHandle tenant, async::Executor& executor,
                                       std::shared_ptr<LiveFeed> feed) override;
  void Detach(TenantHandle tenant, std::shared_ptr<LiveFeed> feed) override;

  /// The newest event with this id, of `source` where one is given; nothing where there is none.
  using Found = FoundEvent;
  async::Task<Result<std::optional<Found>>> Find(TenantHandle tenant, std::string id,
                                                 std::string source);

  /// The position before the first event recorded at `time` or later.
  async::Task<Result<Position>> Before(TenantHandle tenant, Clock::WallTime time);

  /// Where the tenant's events lie.
  async::Task<Result<LogStat>> Stat(TenantHandle tenant);

  /// Reads and proves every block and run of keys, in turns of some megabytes between which others
  /// read.
  async::Task<Result<LogCheck>> Check(TenantHandle tenant);

  /// The tenants whose logs are kept within their limits from now on; again where one comes, goes
  /// or changes.
  void Tend(std::vector<TenantHandle> tenants);
  /// Looks at the disk and at the logs in which something has come of age; called from time to
  /// time.
  void Tend();
  /// What keeps a tenant's log within its limits, and what keeps its events from going.
  async::Task<Result<RetentionKeeper::Standing>> Standing(TenantHandle tenant);
  /// What `tenant`'s record says now is in force when this returns: nothing is removed any more by
  /// what it said before.
  async::Task<Status> ApplyRetention(TenantHandle tenant);

  /// What compacting a tenant's segments would find to do.
  async::Task<Result<CompactionPlan>> PlanCompaction(TenantHandle tenant);
  /// Begins to compact them in the background, unless that is under way; how far it is.
  async::Task<Result<CompactionReport>> Compact(TenantHandle tenant);
  /// How far the last one is; nothing where none was asked for since the start.
  async::Task<std::optional<CompactionReport>> Compaction(TenantHandle tenant);

  /// Closes the log of a tenant that is being deleted, on its storage thread and the reader.
  async::Task<void> LetGo(TenantHandle tenant) override;

  /// Closes what nobody used for a while, and moves what lies in the journals of an agent at rest;
  /// called from time to time.
  void CloseIdle();

  /// Closes all files, each on its thread, and waits until nothing of the log is under way there.
  /// The last call before the log goes.
  async::Task<void> Close();

 private:
  struct Announcement;
  struct Place;
  /// What belongs to one storage thread.
  struct Thread {
    JournalCommitLog* log = nullptr;  // Owned by the shard.
    std::unique_ptr<StorageShard> shard;
    // Used on the storage thread only: which heads are under way to the consumers.
    std::map<TenantId, std::shared_ptr<Announcement>> announcements;
    JournalCommitLog::Mark seen;  // When CloseIdle looked last,
    int quiet_looks = 0;          // and how often nothing had been committed since.
  };

  std::unique_ptr<Thread> MakeThread(std::size_t index);
  Thread& ThreadOf(const TenantHandle& tenant) {
    return *threads_[tenant.record().storage % threads_.size()];
  }
  /// What of a tenant lies in its journal only, asked of its storage thread.
  async::Task<JournaledBlocks> Journaled(TenantHandle tenant);
  /// On the tenant's storage thread.
  Result<Place> Locate(const TenantHandle& tenant, Position after, std::size_t max_bytes);
  void Announce(Thread& thread, const TenantHandle& tenant, Position head);
  void Moved(Thread& thread, std::uint64_t generation);
  void MoveWhenQuiet(Thread& thread);
  unsigned Pressure() const;
  RetentionKeeper::Parts KeeperParts();
  /// Tells the storage thread what lies in a tenant's segments now.
  void TellStored(const TenantHandle& tenant, const StoredExtent& extent);
  /// On the background executor.
  async::Task<void> BeginsAt(TenantHandle tenant, Sequence first);
  Status RoomForSegments() const;
  async::Task<Status> RecoverOthers(const FindTenant& find);
  async::Task<Status> MoveAll(const std::string& base, const FindTenant& find);

  async::Runtime& runtime_;
  const LogOptions options_;
  const std::string folder_;
  std::vector<EventConsumer*> consumers_;
  std::function<void(const CommitReport&)> on_commit_;
  CareObserver care_;
  std::unique_ptr<BackgroundWriter> writer_;
  // Both used on the background executor only.
  std::unique_ptr<RetentionKeeper> retention_;
  std::unique_ptr<Compactions> compactions_;
  std::vector<std::unique_ptr<Thread>> threads_;
  std::unique_ptr<LogReader> reader_;  // Used on the reader executor only.
};

}  // namespace notify::agent::eventlog
