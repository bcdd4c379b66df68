#pragma once

#include <atomic>
#include <cstddef>
#include <string>

#include "agent/async/task_group.hpp"
#include "agent/async/timers.hpp"
#include "agent/flow/durable_source.hpp"
#include "agent/hub/client.hpp"

namespace notify::agent::hub {

/// Gives clients what their durable subscriptions hold for them. Each is pulled from the source
/// while its client takes bytes; how much may wait for an acknowledgement is the source's bound, so
/// nothing is kept here.
///
/// Lifetime: as the shard; its tasks belong to the shard's group.
/// Threads:  the shard's.
class DurableFeed {
 public:
  /// All outlive it.
  DurableFeed(DurableSource& source, async::TaskGroup& tasks, async::Timers& timers)
      : source_(source), tasks_(tasks), timers_(timers) {}

  /// Takes the wish's subscription over for the client, under `id`. Its first event comes in a
  /// later turn. Errors: the source's; kUnavailable where the client left meanwhile.
  async::Task<Result<DurableBegun>> Begin(ClientPtr client, std::string id, DurableWish wish);
  /// kNotFound where the client does not hold one of that name; else the source's.
  async::Task<Status> Acknowledge(ClientPtr client, std::string name, Position position);
  /// Ends the client's hold on one; false where it has none of that id.
  bool End(const ClientPtr& client, const std::string& id);
  /// The same for all that it holds.
  void EndAll(const ClientPtr& client);
  /// The client takes bytes again.
  static void RoomAgain(const ClientPtr& client);

 private:
  async::Task<void> Run(ClientPtr client, DurablePtr durable);
  /// Gives the client what there is room for, and the source the rest.
  async::Task<void> Give(ClientPtr client, DurablePtr durable, Fetched fetched);
  async::Task<void> Release(TenantHandle tenant, DurableClaim claim);
  void LetGo(const ClientPtr& client, const DurablePtr& durable);

  DurableSource& source_;
  async::TaskGroup& tasks_;
  async::Timers& timers_;
};

}  // namespace notify::agent::hub
