#pragma once

#include <coroutine>
#include <cstddef>
#include <deque>
#include <map>

#include "agent/async/executor.hpp"
#include "agent/async/task.hpp"
#include "common/ids.hpp"

namespace notify::agent::quota {

/// Shares a thread among tenants whose requests take long: deficit round robin by cost (Shreedhar
/// and Varghese), one tenant's quantum in a turn of the executor, so that whatever else became
/// ready runs between two of them. Nobody waits for a clock: a thread that has nothing else to do
/// is never idle for it.
///
/// Lifetime: `executor` outlives it; nobody waits when it goes.
/// Threads:  `executor`.
class FairTurns {
 public:
  /// A tenant's work of so many bytes of a request's body has one turn: 0.1 ms of parsing.
  static constexpr std::size_t kQuantum = 32 << 10;

  explicit FairTurns(async::Executor& executor) : executor_(executor) {}
  FairTurns(const FairTurns&) = delete;
  FairTurns& operator=(const FairTurns&) = delete;

  /// Where a request stands among those of its tenant.
  enum class Place {
    kBehind,  ///< One that begins.
    kFirst,   ///< One that goes on.
  };
  class [[nodiscard]] Turn;

  /// Whether anybody waits for a turn.
  bool busy() const { return waiting_ > 0; }

  /// `co_await turns.Next(tenant, bytes, place)`: goes on when the tenant has a turn for work of
  /// `bytes`; what costs more than a quantum counts as one. `tenant` outlives the wait.
  Turn Next(const TenantId& tenant, std::size_t bytes, Place place);

 private:
  struct Waiting {
    std::size_t cost;
    async::ResumePoint point;
  };
  struct Line {
    std::deque<Waiting> waiting;
    std::size_t deficit = 0;  // What may be spent in this turn.
    bool in_ring = false;
  };

  void Wait(const TenantId& tenant, Waiting waiting, Place place);
  void PostPump();
  /// One tenant's turn.
  void Pump();

  async::Executor& executor_;
  std::map<TenantId, Line> lines_;  // Of tenants that wait.
  std::deque<TenantId> ring_;       // The same, in the order of their turns.
  std::size_t waiting_ = 0;
  bool pump_posted_ = false;
};

/// What Next gives; awaited at once.
///
/// Threads:  as FairTurns.
class [[nodiscard]] FairTurns::Turn {
 public:
  Turn(FairTurns& turns, const TenantId& tenant, std::size_t cost, Place place)
      : turns_(turns), tenant_(tenant), cost_(cost), place_(place) {}

  bool await_ready() const noexcept { return false; }
  template <typename P>
  void await_suspend(std::coroutine_handle<P> caller) {
    turns_.Wait(tenant_, {cost_, async::PointOf(caller)}, place_);
  }
  void await_resume() const noexcept {}

 private:
  FairTurns& turns_;
  const TenantId& tenant_;
  const std::size_t cost_;
  const Place place_;
};

inline FairTurns::Turn FairTurns::Next(const TenantId& tenant, std::size_t bytes, Place place) {
  return Turn(*this, tenant, bytes < kQuantum ? bytes : kQuantum, place);
}

}  // namespace notify::agent::quota
