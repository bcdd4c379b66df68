#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "agent/async/runtime.hpp"
#include "agent/async/task_group.hpp"
#include "agent/eventlog/background/tenant_mover.hpp"

namespace notify::agent::eventlog {

/// The one that writes in the background: moves full generations of all journals to the tenants'
/// segments, one tenant after another, paced. What fails is tried again until it succeeds or the
/// tenant goes; the journal keeps it until then.
///
/// Lifetime: as the EventLog; Stop() before it goes.
/// Threads:  Move from any; the rest on the background executor.
class BackgroundWriter {
 public:
  /// Both are called on the background executor.
  struct Observer {
    std::function<void()> moved;  ///< All of the generation is in the segments.
    /// What lies in a tenant's segments now.
    std::function<void(const TenantHandle&, const StoredExtent&)> tenant_moved;
    std::function<void(const Error&)> failed;  ///< It is not, and will be tried again.
  };

  /// A piece of other work on a tenant's segments, short, so that moving does not wait for it.
  struct Chore {
    TenantId tenant;
    std::function<async::Task<void>()> run;
    std::function<void()> dropped = [] {};  ///< Instead, where the tenant goes or the agent stops.
  };

  /// `pressure` gives how full the journals are, in percent, and `room` whether segments may grow;
  /// both any thread.
  BackgroundWriter(async::Runtime& runtime, KeyHorizon horizon, std::function<unsigned()> pressure,
                   std::function<Status()> room);

  void Move(FullGeneration generation, Observer observer);

  /// Has its turn when nothing is moved, between two tenants that are moved, and while moving
  /// fails. Background executor.
  void Do(Chore chore);

  /// A sync of the tenant's newest segment failed: what is written next begins a new one.
  /// Background executor.
  void Unproven(const TenantId& tenant) { unproven_.insert(tenant); }

  /// What failed for lack of room is tried again now. Background executor.
  void TryAgain() { wake_.Notify(); }

  Pace& pace() { return pace_; }

  /// Nothing of the tenant is written any more when this returns.
  async::Task<void> Forget(TenantId tenant);

  /// What is under way ends, what waits is left in the journal.
  async::Task<void> Stop();

 private:
  struct Job {
    FullGeneration generation;
    Observer observer;
    std::size_t next = 0;  // The tenants before are done.
  };
  async::Task<void> Work();
  async::Task<void> MoveNext(Job& job);
  async::Task<void> MoveTenant(const std::string& base, const FullGeneration::Tenant& tenant,
                               const Observer& observer);
  async::Task<void> DoOneChore();
  void Begin();
  void Complain(const TenantId& tenant, const Error& error);

  async::Runtime& runtime_;
  JournalReader journal_;
  BlockSealer sealer_;
  Pace pace_;
  const KeyHorizon horizon_;
  async::TaskGroup group_;
  async::Signal wake_;  // What waits before it tries again.
  const std::function<Status()> room_;
  std::deque<Job> jobs_;
  std::deque<Chore> chores_;
  std::set<TenantId> unproven_;
  bool working_ = false;
  std::optional<TenantId> current_;
  bool forget_current_ = false;
  std::optional<TenantId> current_chore_;
  async::Signal current_done_;
  std::string complaint_;
};

}  // namespace notify::agent::eventlog
