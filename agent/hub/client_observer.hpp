#pragma once

#include "agent/hub/client.hpp"

namespace notify::agent::hub {

/// Told of the connections and event streams of a shard as they come and go.
///
/// Lifetime: outlives the shards that it watches.
/// Threads:  each shard's, for its own clients.
class ClientObserver {
 public:
  virtual ~ClientObserver() = default;
  /// It is in its groups; its subscriber can be asked.
  virtual void Entered(const ClientPtr& client) = 0;
  /// It is about to go; its subscriber can be asked for the last time.
  virtual void Leaving(const ClientPtr& client) = 0;
};

}  // namespace notify::agent::hub
