#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "agent/eventlog/tenant_log.hpp"
#include "agent/flow/admission.hpp"

namespace notify::agent::eventlog {

/// What a commit took, for metrics; called on the storage thread.
struct CommitReport {
  std::size_t events = 0;
  std::size_t blocks = 0;
  std::chrono::nanoseconds took{};
};

/// One append under way. It lives in the frame of the coroutine that waits for it.
struct Submission {
  TenantHandle tenant;
  Admission admission;
  SealedBatch batch;
  async::ResumePoint waiter;
  std::size_t reserved = 0;  ///< Bytes taken by Reserve; given back with the answer.
  bool own = false;          ///< The agent's own events, which no limit of storage stops.
  std::optional<Result<AppendOutcome>> answer;
};

/// The part of the log that lives on one storage thread: the logs of its tenants, and group commit:
/// what arrives while a commit runs is committed by the next, 256 KiB a tenant at most, in turns.
///
/// Lifetime: as the EventLog.
/// Threads:  `Reserve` from any; the rest on its storage thread.
class StorageShard {
 public:
  /// `committed` is told each batch after its commit; both functions outlive the shard.
  struct Observers {
    std::function<void(const TenantHandle&, Position head)> head_moved;
    std::function<void(const CommitReport&)> committed;
  };
  StorageShard(async::Executor& executor, std::unique_ptr<CommitLog> log, Random& random,
               const Clock& clock, const LogOptions& options, Observers observers);

  /// Takes room in the intake queue; false where it is full, which never stops an own event.
  bool Reserve(std::size_t bytes, bool own);

  /// Queues an append whose room was reserved. The answer comes by `waiter.Schedule()`.
  void Submit(Submission& submission);

  /// The tenant's log, opened where it is not.
  Result<TenantLog*> LogOf(const TenantHandle& tenant);

  /// The duplicate keys of a generation are in sorted runs now, and the log has room again for
  /// those who wait.
  void GenerationMoved(std::uint64_t generation);

  /// Nothing can be moved out of the log now: who waits for room is refused with `why`, until a
  /// generation is moved after all.
  void MovingFailed(Error why);

  /// A tenant's new events, or everybody's, are refused with this error from now on; nothing: they
  /// are taken.
  void Refuse(const TenantId& tenant, std::optional<Error> why);
  void RefuseAll(std::optional<Error> why) { all_refused_ = std::move(why); }

  /// Retention lets a tenant's log begin there.
  void BeginsAt(const TenantId& tenant, Sequence first);
  /// What lies in a tenant's segments now, and how much in the journal behind that.
  void Stored(const TenantHandle& tenant, const StoredExtent& extent, std::uint64_t journal_bytes);

  /// Takes a feed away, where it still is.
  void Detach(const TenantId& tenant, const LiveFeed& feed);

  /// Closes logs that nobody used for a while.
  void CloseIdle();

  /// Closes all logs.
  void CloseAll();

  /// Closes a tenant's log for good; what is queued for it is refused.
  void Forget(const TenantId& tenant);

  async::Executor& executor() { return executor_; }
  std::size_t open_logs() const { return logs_.size(); }

 private:
  struct Taken {
    Submission* submission;
    TenantLog::Numbered numbered;
  };

  void Pump();
  std::vector<Submission*> TakeTurn();
  /// False where the log has no room for the turn: then it waits, or is refused.
  bool MakeRoomFor(const std::vector<Submission*>& turn);
  void PostPump();
  /// There is room again, or a reason to refuse.
  void GoOn();
  void RefuseQueued(const Error& why);
  const Error* RefusalOf(const TenantId& tenant) const;
  std::vector<Taken> NumberAll(const std::vector<Submission*>& turn);
  void CommitAll(std::vector<Taken>& taken);
  void Finish(Taken& taken, CommitOutcome outcome, const Error& why);
  void Answer(Submission& submission, Result<AppendOutcome> answer);
  void Drop(const TenantId& tenant);
  void MakeRoom();
  void BoundTails();
  std::int64_t NowMs() const;

  async::Executor& executor_;
  const std::unique_ptr<CommitLog> log_;
  BlockSealer sealer_;
  FilterMemory filters_;
  StreamMemory streams_;
  const Clock& clock_;
  const LogOptions& options_;
  const Observers observers_;

  std::atomic<std::size_t> reserved_bytes_{0};

  // Storage thread only.
  std::deque<Submission*> queue_;
  bool pump_posted_ = false;
  bool waiting_for_room_ = false;  // Until GenerationMoved or MovingFailed; nothing is pumped.
  std::optional<Error> cannot_move_;
  std::map<TenantId, Error> refused_;
  std::optional<Error> all_refused_;
  std::map<TenantId, std::unique_ptr<TenantLog>> logs_;
  std::size_t tails_bytes_ = 0;
  std::vector<TenantId> broken_;  // To be opened again after the commit under way.
};

}  // namespace notify::agent::eventlog
