#pragma once

#include <cstddef>

#include "common/clock.hpp"
#include "common/signalr/negotiate.hpp"

namespace notify::agent::ingress::signalr {

/// What carries one connection's bytes now. What it writes is the connection's outbox; what it
/// reads it gives to the connection.
///
/// Lifetime: shared by the connection, until it is replaced or told that it is over, and by the
///           transport's own task.
/// Threads:  the connection's. None of its functions comes back to the connection before it
///           returns.
class Transport {
 public:
  virtual ~Transport() = default;

  /// What waits leaves, as far as it is taken.
  virtual void Write() = 0;
  /// The connection queues nothing any more: what waits leaves, and the transport ends in its own
  /// manner. `failed`: because something went wrong.
  virtual void End(bool failed) = 0;
  /// Writes nothing any more and ends, in a later turn.
  virtual void Abort() = 0;
  /// Bytes that left and that the client's system has not taken, as far as is known.
  virtual std::size_t Unacknowledged() const = 0;
  /// About once a second while it is watched.
  virtual void Look(Clock::TimePoint now) = 0;
  /// Whether it is to be watched: something of it must not take too long.
  virtual bool watched() const = 0;
};

}  // namespace notify::agent::ingress::signalr
