#pragma once

#include <cstddef>

#include "agent/async/task.hpp"
#include "agent/flow/tenant_handle.hpp"
#include "common/ids.hpp"

namespace notify::agent {

/// Remembers for a while what became of an event on its way to live connections.
///
/// Lifetime: as the agent.
/// Threads:  any executor; the answer comes on the caller's.
class Deliveries {
 public:
  virtual ~Deliveries() = default;
  /// How many live connections of this agent got the event as it happened; 0 also where it is too
  /// long ago: only the last few thousand events that reached anybody are remembered.
  virtual async::Task<std::size_t> ConnectionsThatGot(TenantHandle tenant, Position event) = 0;
};

}  // namespace notify::agent
