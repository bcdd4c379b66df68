#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
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
    std::function<void()> moved;               ///< All of the generation is in the segments.
    std::function<void(const Error&)> failed;  ///< It is not, and will be tried again.
  };

  /// `pressure` gives how full the journals are, in percent; any thread.
  BackgroundWriter(async::Runtime& runtime, KeyHorizon horizon, std::function<unsigned()> pressure);

  void Move(FullGeneration generation, Observer observer);

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
  async::Task<void> MoveTenant(const std::string& base, const FullGeneration::Tenant& tenant,
                               const std::function<void(const Error&)>& failed);
  void Complain(const TenantId& tenant, const Error& error);

  async::Runtime& runtime_;
  JournalReader journal_;
  BlockSealer sealer_;
  Pace pace_;
  const KeyHorizon horizon_;
  async::TaskGroup group_;
  async::Signal stop_;
  std::deque<Job> jobs_;
  bool working_ = false;
  std::optional<TenantId> current_;
  bool forget_current_ = false;
  async::Signal current_done_;
  std::string complaint_;
};

}  // namespace notify::agent::eventlog
