#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "agent/async/signal.hpp"
#include "agent/inbox/inboxes.hpp"

namespace notify::agent::inbox {

/// One tenant whose inboxes are known.
///
/// Threads:  the platform executor.
struct Inboxes::Entry {
  explicit Entry(TenantHandle handle) : tenant(std::move(handle)) {}

  bool IsBehind() const { return position < head; }

  TenantHandle tenant;                    ///< With the newest settings that were seen.
  Position position;                      ///< The last event that was looked at.
  Position saved;                         ///< The same as state.db has it.
  Position head;                          ///< Of the log as far as it is known; zero: not yet.
  std::optional<std::int64_t> oldest_ms;  ///< When the oldest item was created; nothing: no item.
  Position known;                         ///< Up to here a rebuild tells nobody anything new.
  bool follows = false;                   ///< It has been at the head since the start.
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
};

}  // namespace notify::agent::inbox
