#pragma once

#include <cstddef>
#include <memory>

#include "agent/flow/event_source.hpp"
#include "agent/hub/room.hpp"

namespace notify::agent::hub {

/// Where the hub's events come from: the log, as pipeline/fanout connects it.
///
/// Lifetime: outlives the hub.
/// Threads:  each shard's, for its own rooms.
class Upstream {
 public:
  virtual ~Upstream() = default;
  /// From the position in the answer on, the room gets every batch after its commit: Deliver, then
  /// Flush; or Interrupt, where the flow fell behind and ended.
  virtual async::Task<Result<Position>> Attach(async::Executor& executor,
                                               std::shared_ptr<Room> room) = 0;
  /// The room gets nothing any more.
  virtual void Detach(const std::shared_ptr<Room>& room) = 0;
  /// See EventSource::Read.
  virtual async::Task<Result<ReadPage>> Read(TenantHandle tenant, Position after,
                                             std::size_t max_bytes) = 0;
};

}  // namespace notify::agent::hub
