#pragma once

#include "agent/async/task_group.hpp"
#include "agent/hub/client.hpp"
#include "agent/hub/upstream.hpp"

namespace notify::agent::hub {

/// Reads the log for clients that are behind, until they have joined the live flow: one page of
/// 256 KiB ahead at most, and only while the client takes bytes.
///
/// Lifetime: as the shard; its tasks belong to the shard's group.
/// Threads:  the shard's.
class CatchUp {
 public:
  /// Both outlive it.
  CatchUp(Upstream& log, async::TaskGroup& tasks) : log_(log), tasks_(tasks) {}

  /// Goes on with a client that is behind; does nothing with another.
  void Wake(const ClientPtr& client);

 private:
  enum class Next { kGoOn, kWait, kEnd };

  async::Task<void> Run(ClientPtr client);
  /// One step that needs no reading.
  Next Step(Client& client, Subscription* subscription, Reading& reading);
  async::Task<Next> ReadPageOf(ClientPtr client, ShortId id);
  void LookThrough(Client& client, Subscription* subscription, Reading& reading, Position target);

  Upstream& log_;
  async::TaskGroup& tasks_;
};

}  // namespace notify::agent::hub
