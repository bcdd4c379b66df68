#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/async/runtime.hpp"
#include "agent/async/task_group.hpp"
#include "agent/flow/hub_news.hpp"
#include "agent/flow/live_sink.hpp"
#include "agent/hub/catch_up.hpp"
#include "agent/hub/client_observer.hpp"
#include "agent/hub/durable_feed.hpp"
#include "agent/hub/sessions.hpp"
#include "agent/hub/upstream.hpp"

namespace notify::agent::hub {

/// What a subscription begins with.
struct Subscribed {
  std::string id;
  Position after;  ///< It delivers what comes after this.
  std::optional<Gap> gap;
};

/// What a connection got back of a session.
struct Resumed {
  bool resumed = false;
  Position after;  ///< What comes without a subscription goes on after this.
  struct Restored {
    Subscribed subscription;
    Filter filter;
    std::string name;  ///< Of a durable one.
  };
  std::vector<Restored> subscriptions;
};

/// The hub on one I/O thread: that thread's clients, with no lock.
///
/// Lifetime: as the Hub.
/// Threads:  its I/O thread's executor.
class HubShard final : private RoomOwner {
 public:
  /// All outlive the shard. `clients` counts those of all shards.
  HubShard(async::IoThread& io, std::size_t index, Random& random, Upstream& upstream,
           DurableSource& durables, SessionKeeper& keeper, HubNews& news,
           std::atomic<std::size_t>& clients);
  ~HubShard() override;

  /// Tells `observer` of the clients; before the first one enters.
  void Observe(ClientObserver& observer) { observers_.push_back(&observer); }
  /// The tenant's connections and event streams. `visit` must not come back to the shard.
  void ForEachClient(const TenantId& tenant,
                     const std::function<void(const ClientPtr&)>& visit) const;

  /// Takes a client in, once the tenant's live flow is attached. From the return on it gets what is
  /// broadcast after `position()` of the answer; `subscriber` lives until Leave. Errors: the log's.
  async::Task<Result<ClientPtr>> Enter(TenantHandle tenant, ClientInfo info,
                                       Subscriber& subscriber);
  /// The subscriber gets nothing any more, and may be destroyed.
  void Leave(const ClientPtr& client);

  /// Adds a subscription: from now on, or after `from`. Its first event comes in a later turn, so
  /// that the answer can be written before it. kForbidden where the client may not see events,
  /// kInvalidArgument where it has too many subscriptions; else the log's errors.
  async::Task<Result<Subscribed>> Subscribe(ClientPtr client, Filter filter,
                                            std::optional<Position> from);
  /// Takes the durable subscription `name` of the client's user over: events of its filter come
  /// until they are acknowledged, beginning behind the last that was. `from` is where one begins
  /// that is new. Errors: as Subscribe, and those of DurableSource::Begin.
  async::Task<Result<Subscribed>> SubscribeDurably(ClientPtr client, Filter filter,
                                                   std::string name, std::optional<Position> from);
  /// Everything up to `position` of the durable subscription `name` is done. See DurableFeed.
  async::Task<Status> Acknowledge(ClientPtr client, std::string name, Position position) {
    return durables_.Acknowledge(std::move(client), std::move(name), position);
  }
  /// Ends a subscription of either kind; a durable one keeps its position. kNotFound where the
  /// client has no such subscription.
  Status Unsubscribe(const ClientPtr& client, const std::string& subscription);
  /// Takes a session out for the connection that asks; see Sessions::Take. A connection that had it
  /// is told to go, since its user is here now.
  std::optional<SessionState> TakeSession(const Client& asking, const std::string& session);
  /// Gives a connection what `session` had, and keeps it under that name as well. Its first event
  /// comes in a later turn.
  async::Task<Resumed> Restore(ClientPtr client, std::string session, SessionState state);
  /// Into or out of the tenant's group.
  void SetInTenantGroup(const ClientPtr& client, bool in);
  /// The client takes events again.
  void RoomAgain(const ClientPtr& client) {
    catch_up_.Wake(client);
    DurableFeed::RoomAgain(client);
  }
  /// Tells that a client takes too little, once a minute.
  void TellSlow(Client& client, std::string_view reason);
  /// The last event that was looked at for a client with one subscription.
  static Position Scanned(const Client& client);

  /// Gives a call to the tenant's connections that `target` means; how many took it.
  std::size_t Send(const TenantId& tenant, const LiveTarget& target, const Message& message);
  /// Send, as an event that is never dropped: nothing, and nobody gets it, where one of the
  /// connections has no room.
  std::optional<std::size_t> Give(const TenantId& tenant, const LiveTarget& target,
                                  const Message& message);
  /// How many connections `target` means.
  std::size_t CountOf(const TenantId& tenant, const LiveTarget& target) const;
  /// How many connections got an event as it happened.
  std::size_t Got(const TenantId& tenant, Position event) const {
    return ring_.Find(tenant, event);
  }
  /// Puts a newer record of a tenant in force.
  void Refresh(const TenantHandle& tenant);

  using Chooser = std::function<bool(const TenantId&, const ClientInfo&)>;
  /// Ends the clients that `chosen` chooses; how many they were.
  std::size_t CloseWhere(const Chooser& chosen, const Farewell& farewell);
  /// Ends all clients, each at a moment of its own within `window`.
  void Drain(Clock::Duration window);

  /// Ends the shard's own tasks. Nobody enters afterwards.
  async::Task<void> Stop();

 private:
  using RoomPtr = std::shared_ptr<Room>;

  void FellBehind(Client& client) override { TellSlow(client, "behind"); }
  void Wake(const ClientPtr& client) override { catch_up_.Wake(client); }
  void Interrupted(const RoomPtr& room) override;
  async::Task<Status> Attach(RoomPtr room);
  async::Task<void> AttachAgain(RoomPtr room);
  void DropIfEmpty(const RoomPtr& room);
  static Status MaySubscribe(const Client& client);
  std::string NewSubscriptionId();

  async::IoThread& io_;
  Random& random_;
  Upstream& upstream_;
  HubNews& news_;
  std::atomic<std::size_t>& clients_;
  DeliveryRing ring_;
  async::TaskGroup tasks_;
  CatchUp catch_up_;
  DurableFeed durables_;
  async::Signal stop_;
  // Shared with the clients in it, the feed, and who waits for it to be attached.
  std::map<TenantId, RoomPtr> rooms_;
  Sessions sessions_;
  std::vector<ClientObserver*> observers_;
};

}  // namespace notify::agent::hub
