#pragma once

#include <cstddef>
#include <string>

#include "agent/flow/live_sink.hpp"

namespace notify::agent {

/// Gives events again to live connections. Unlike LiveSink it drops nothing: where a connection has
/// no room it stops, and the caller comes again later.
///
/// Lifetime: as the agent.
/// Threads:  any executor; the answer comes on the caller's.
class ReplaySink {
 public:
  struct Taken {
    std::size_t connections = 0;  ///< Of this agent, whose queue took it.
    bool full = false;            ///< One had no room: give the same event again, with this.
    std::size_t thread = 0;       ///< The I/O thread whose connections are next.
  };

  virtual ~ReplaySink() = default;

  /// Invokes `method`, an event's type, with one JSON value on the connections that are meant.
  /// `before` is what the last call for this event answered, where it was full.
  virtual async::Task<Taken> Give(TenantHandle tenant, LiveTarget target, std::string method,
                                  std::string argument, Taken before) = 0;

  /// How many connections of this agent are meant now.
  virtual async::Task<std::size_t> CountOf(TenantHandle tenant, LiveTarget target) = 0;
};

}  // namespace notify::agent
