#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/flow/event_source.hpp"
#include "agent/hub/client.hpp"
#include "agent/hub/delivery_ring.hpp"

namespace notify::agent::hub {

class Room;

/// What a room asks of its shard.
/// Threads: the shard's.
class RoomOwner {
 public:
  virtual ~RoomOwner() = default;
  /// A client has no room for an event, and reads on from the log.
  virtual void FellBehind(Client& client) = 0;
  /// A client that is behind can go on.
  virtual void Wake(const ClientPtr& client) = 0;
  /// The room needs the live flow again.
  virtual void Interrupted(const std::shared_ptr<Room>& room) = 0;
};

/// The clients of one tenant on one I/O thread, and the live flow that they share.
///
/// Lifetime: while it has clients; kept alive by them.
/// Threads:  the shard's.
class Room : public std::enable_shared_from_this<Room> {
 public:
  /// `ring` and `owner` outlive the room.
  Room(TenantHandle tenant, DeliveryRing& ring, RoomOwner& owner);

  // The live flow, in the order of pipeline/fanout.
  /// The flow goes on after `head`.
  void Attached(Position head);
  /// The next batch of the flow: to each client what it wants of it, which leaves in one write.
  void Deliver(const BatchPtr& batch);
  /// The flow fell behind: everybody reads from the log until it is attached again.
  void Interrupt();

  const TenantHandle& tenant() const { return tenant_; }
  /// A newer record of the tenant: what is broadcast, what is open, what the payload is.
  void SetTenant(TenantHandle tenant);
  /// The same record for who looks from another thread, and while it changes; outlives the room.
  using Record = std::atomic<std::shared_ptr<const TenantHandle>>;
  std::shared_ptr<const Record> record() const { return record_; }
  bool attached() const { return attached_; }
  /// The last event of the live flow that was looked at.
  Position head() const { return head_; }

  void Add(const ClientPtr& client);
  void Remove(const ClientPtr& client);
  const std::vector<ClientPtr>& clients() const { return clients_; }

  /// The shared form of a filter.
  std::shared_ptr<SharedFilter> Share(Filter filter);
  /// Looks at one event.
  EventFacts Look(const CommittedBatch& batch, std::size_t index) {
    ++last_look_;
    return FactsOf(batch, index);
  }

  // What brings the flow; kept for Detach by pipeline/fanout, shared with the log.
  std::shared_ptr<LiveFeed> feed;
  // Who waits for the flow; used by the shard.
  std::size_t entering = 0;
  bool attaching = false;
  /// Nothing is to be learned for the sessions of its clients until the flow moves or one changes;
  /// used by Sessions.
  bool at_rest = false;
  async::Signal changed;

 private:
  /// Events that are taken to the clients together, and what is made for them on the way.
  class Handful;

  void Take(const CommittedBatch& batch);
  void DeliverTo(Client& client, Handful& events);
  EventFacts FactsOf(const CommittedBatch& batch, std::size_t index) const;
  void FallBehind();
  void WakeAll();

  TenantHandle tenant_;
  // Shared with those whose question waits in the source of durable subscriptions.
  const std::shared_ptr<Record> record_;
  DeliveryRing& ring_;
  RoomOwner& owner_;

  bool attached_ = false;
  Position head_;
  std::vector<BatchPtr> early_;  // Came before the answer that says where the flow begins.
  std::uint64_t last_look_ = 0;
  std::vector<ClientPtr> clients_;
  std::vector<std::weak_ptr<SharedFilter>> filters_;  // Held by the subscriptions that have them.
};

}  // namespace notify::agent::hub
