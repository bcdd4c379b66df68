#pragma once

#include <cstddef>
#include <string>

#include "agent/flow/roles.hpp"
#include "common/clock.hpp"

namespace notify::agent::hub {

/// What a client says of itself to an operator. Never its credential, nor its connection token.
struct SubscriberFacts {
  std::string transport;  ///< `websockets`, `serversentevents`, `longpolling`, `sse`.
  std::string protocol;   ///< `json`, `messagepack`; empty: it speaks no hub protocol.
  RoleSet roles;
  Clock::WallTime since{};
  std::string address;
  std::string agent;  ///< The program, as it names itself.
  std::size_t queued_bytes = 0;
  bool stateful = false;  ///< It may lose its WebSocket and go on with another,
  bool detached = false;  ///< and has lost it.
};

}  // namespace notify::agent::hub
