#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "agent/async/task_group.hpp"
#include "agent/flow/audit_sink.hpp"
#include "agent/flow/directory_observer.hpp"
#include "agent/flow/tenant_holder.hpp"
#include "agent/pipeline/intake.hpp"
#include "agent/pipeline/scheduled_sending.hpp"
#include "agent/tenant/directory_publisher.hpp"

namespace notify::agent::pipeline {

/// What one tenant may have waiting, and how far ahead.
struct ScheduleLimits {
  std::int64_t max_events = 1'000'000;
  std::int64_t max_bytes = 1LL << 30;
  Clock::Duration max_ahead = std::chrono::hours(366 * 24);
};

/// Holds events until their `scheduledat`, then sends them on into the log, where they take their
/// place in the order. A tenant's turn is bounded, and tenants with something due take turns, so
/// that much that is due at once delays nobody. One timer, armed for the earliest event of all.
///
/// Time is the wall clock's. A step forwards is noticed within kLookAgain; after a step back what
/// is not sent yet waits until the clock shows its time, and nothing is sent twice. What came due
/// while the agent was away, or the tenant suspended, is sent as soon as they are back.
///
/// Lifetime: outlives its tasks, because Stop() is awaited before it goes.
/// Threads:  Hold, Cancel, Find, List, Counts from any executor; the rest on the platform executor.
class Scheduling final : public DirectoryObserver, public TenantHolder {
 public:
  static constexpr auto kLookAgain = std::chrono::seconds(10);

  Scheduling(ScheduledSending::Parts parts, const tenant::DirectoryPublisher& directory,
             AuditSink& audit, ScheduleLimits limits);
  ~Scheduling() override;
  Scheduling(const Scheduling&) = delete;
  Scheduling& operator=(const Scheduling&) = delete;

  /// Holds events; durable when it returns. Adds to `ack` what is held, what was accepted before
  /// (also where the log has it within its horizon), and what is refused:
  ///
  /// kScheduledTooFar  beyond `max_ahead`.
  /// kScheduleFull     the tenant has `max_events` or `max_bytes`; `retry_after` is until the
  ///                   earliest is sent.
  async::Task<void> Hold(TenantHandle tenant, Admission admission, ::notify::HeldEvents events,
                         Acknowledgement& ack);

  /// The newest scheduled event with this id, of `source` where one is given; nothing where there
  /// is none.
  using Found = Result<std::optional<schedule::ScheduledEvent>>;
  async::Task<Found> Find(TenantHandle tenant, std::string id, std::string source);

  /// Cancels one that waits; one that is cancelled already is fine.
  ///
  /// kNotFound  nothing with this id was scheduled.
  /// kConflict  it is sent, or on its way.
  async::Task<Result<schedule::ScheduledEvent>> Cancel(TenantHandle tenant, std::string id,
                                                       std::string source);

  /// By the time they are due, of the `states` given (a bit each, 1 << State), behind `after`.
  async::Task<Result<std::vector<schedule::ScheduledEvent>>> List(
      TenantHandle tenant, unsigned states, schedule::ScheduleStore::Place after,
      std::size_t limit);

  /// How many stand where, and when the earliest is due (Unix ms).
  struct Overview {
    std::map<schedule::State, std::int64_t> counts;
    std::optional<std::int64_t> next_due_ms;
  };
  async::Task<Result<Overview>> Counts(TenantHandle tenant);

  /// Looks at what these tenants have waiting: after a start.
  void Resume(const std::vector<TenantHandle>& tenants);

  async::Task<void> Prepare(std::shared_ptr<const Directory> next) override;
  async::Task<void> LetGo(TenantHandle tenant) override;

  /// No new turns; those under way end.
  async::Task<void> Stop();

  /// Tenants with something waiting, for tests.
  std::size_t waiting_tenants() const { return entries_.size(); }

 private:
  struct Entry;
  struct Holding;

  async::Task<void> HoldHere(Holding& holding);
  async::Task<Status> AskTheLog(Holding& holding, std::vector<std::size_t>& open);
  void DropKnown(Holding& holding, std::vector<std::size_t>& open);
  void Write(Holding& holding, const std::vector<std::size_t>& open);
  Status AddAll(Holding& holding, const std::vector<std::size_t>& open, Entry& entry,
                schedule::ScheduleStore::Usage& used, std::int64_t& earliest_ms);
  Result<schedule::ScheduledEvent> CancelHere(const TenantHandle& tenant, const std::string& id,
                                              const std::string& source);
  bool Lives(const TenantHandle& tenant) const;

  Entry& EntryOf(const TenantHandle& tenant);
  void Queue(Entry& entry);
  void Pump();
  async::Task<void> RunTurn(Entry& entry);
  void AfterTurn(Entry& entry, const Result<ScheduledSending::Left>& left);
  void WakeAt(Entry& entry, std::optional<std::int64_t> due_ms);
  void Arm();
  void OnTimer();
  std::int64_t NowMs() const;

  const ScheduledSending::Parts parts_;
  const tenant::DirectoryPublisher& directory_;
  AuditSink& audit_;
  const ScheduleLimits limits_;
  ScheduledSending sending_;
  async::TaskGroup tasks_;
  std::map<TenantId, std::unique_ptr<Entry>> entries_;
  std::deque<Entry*> ready_;
  std::set<std::pair<std::int64_t, TenantId>> waiting_;  // By when something is due.
  async::TimerId timer_;
  std::size_t turns_ = 0;
};

}  // namespace notify::agent::pipeline
