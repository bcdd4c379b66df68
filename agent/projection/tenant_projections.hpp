#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "agent/async/signal.hpp"
#include "agent/async/timers.hpp"
#include "agent/flow/tenant_handle.hpp"
#include "agent/projection/generation.hpp"

namespace notify::agent::projection {

/// The projections of one tenant, and whose turn it is among them.
///
/// Lifetime: an entry of Projections.
/// Threads:  the platform executor.
class TenantProjections {
 public:
  explicit TenantProjections(TenantHandle handle) : tenant(std::move(handle)) {}

  /// The generations that stand together and read next: of those that are behind the head the ones
  /// whose last turn is the longest ago, with all that stand at the same position. Empty where none
  /// is behind.
  std::vector<std::int64_t> NextGroup(Position& from);
  /// Whether NextGroup would give any.
  bool IsBehind() const;
  /// The generation of that id, with what it belongs to; nulls where it is gone.
  std::pair<Registered*, Generation*> Find(std::int64_t generation);

  /// One projection as the API shows it, `now` for its speed.
  std::string Json(const Registered& registered, Clock::TimePoint now) const;

  const TenantHandle tenant;
  std::map<std::string, Registered> registered;
  Position head;        ///< Of the log as far as it is known; zero: not yet.
  bool dropped = true;  ///< There may be states of dropped generations.
  bool queued = false;
  bool running = false;
  bool let_go = false;
  bool armed = false;
  std::size_t calls = 0;    ///< Under way.
  std::size_t waiting = 0;  ///< Of them, those that want it to go on at once.
  Status last;              ///< What the last turn came to.
  Clock::TimePoint rested;  ///< When its last turn ended.
  async::TimerId timer;
  async::Signal progress;

 private:
  std::uint64_t turn_ = 0;
};

}  // namespace notify::agent::projection
