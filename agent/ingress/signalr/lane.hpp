#pragma once

#include <cstddef>
#include <string>

#include "agent/async/runtime.hpp"
#include "agent/async/task_group.hpp"
#include "agent/ingress/live/ticker.hpp"
#include "agent/ingress/signalr/connection_table.hpp"
#include "common/websocket/inflater.hpp"

namespace notify::agent::ingress::signalr {

/// What one I/O thread has for its hub connections.
///
/// Lifetime: as the endpoint.
/// Threads:  its I/O thread.
struct Lane {
  static constexpr std::size_t kReadBytes = 64 << 10;

  Lane(async::IoThread& io, std::size_t index)
      : io(io), index(index), ticker(io), buffer(kReadBytes, '\0'), tasks(io.executor()) {}

  async::IoThread& io;
  const std::size_t index;
  ConnectionTable connections;
  Ticker ticker;
  std::string buffer;  ///< What a connection reads into between two waits; shared by all of them.
  websocket::Inflater inflater;
  async::TaskGroup tasks;
  bool closed = false;  ///< Nothing begins any more.
};

}  // namespace notify::agent::ingress::signalr
