#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/async/signal.hpp"
#include "agent/flow/durable_source.hpp"
#include "agent/flow/event_source.hpp"
#include "agent/hub/filter.hpp"
#include "agent/hub/session.hpp"
#include "agent/hub/subscriber.hpp"
#include "common/short_text.hpp"

namespace notify::agent::hub {

class Room;

/// Who a client is.
struct ClientInfo {
  ShortId connection_id;
  std::string actor;  ///< As in the audit: `user:alice`, `key:…`.
  Sight::Scope scope = Sight::Scope::kNothing;
  enum class Kind : std::uint8_t {
    kConnection,   ///< In the groups of its tenant and user, and reached by what is broadcast.
    kEventStream,  ///< Has what it subscribed to, and nothing else.
    kPart,         ///< The same, as a part of a connection that ends with it.
  };
  Kind kind = Kind::kConnection;

  /// The actor's user; empty where it is none.
  std::string_view user() const {
    constexpr std::string_view kUser = "user:";
    const std::string_view who = actor;
    return who.starts_with(kUser) ? who.substr(kUser.size()) : std::string_view();
  }
  Sight sight() const { return {scope, user()}; }
};

/// Reading after a cursor, by whoever is behind the live flow.
struct Reading {
  Position cursor;               ///< The last event that was looked at.
  std::optional<ReadPage> page;  ///< What was read and not looked at: one page ahead at most.
  std::size_t batch = 0;         ///< Where in the page looking goes on.
};

/// A subscription of a client. It is either behind, and reads the log itself, or has joined what
/// the client has in common.
struct Subscription {
  ShortId id;
  // Shared with every subscription of the room that asks for the same.
  std::shared_ptr<SharedFilter> filter;
  Sequence after;  ///< Joined: nothing up to here.
  // Reads on its own until it reaches the client's position; most of the time it has joined.
  std::unique_ptr<Reading> behind;
  Position marked;                                ///< How far it was at the session's last look,
  Position arrived;                               ///< and how far what is known to have arrived.
  std::unique_ptr<const SentBefore> sent_before;  ///< Null: nothing was.
};

/// A client's hold on a durable subscription (`ack: true`), until it unsubscribes, leaves, or a
/// newer connection takes it over.
struct Durable {
  std::string id;
  std::string name;
  DurableClaim claim;
  // Shared with every subscription of the room that asks for the same.
  std::shared_ptr<SharedFilter> filter;
  std::optional<Gap> told;  ///< The last gap that the client was told.
  bool over = false;        ///< The client does not hold it any more.
  async::Signal changed;    ///< Room again, or it is over.
};
// Shared by the client and the task that feeds it.
using DurablePtr = std::shared_ptr<Durable>;

/// What the hub keeps of one subscriber.
///
/// Lifetime: shared by its owner, its room and the reading that is under way.
/// Threads:  the shard's.
class Client {
 public:
  Client(ClientInfo info, Subscriber& subscriber, std::shared_ptr<Room> room)
      : info(std::move(info)), subscriber(&subscriber), room(std::move(room)) {}

  /// Whether an event of the common flow is for this client. What a subscription that is behind, or
  /// a durable one, asks for is left to it, so that nothing comes twice.
  bool WantsNow(const EventFacts& event) const;
  /// Whether the client or one of its subscriptions reads from the log.
  bool IsBehind() const;
  /// The subscription with that id; null where there is none.
  Subscription* Find(std::string_view id);
  /// The last event of the common flow that was looked at.
  Position position() const;
  /// The last event that was looked at for a subscription.
  Position PositionOf(const Subscription& subscription) const;
  /// Whether the client is in a group: `tenant::T`, `user::U`, `topic::N`.
  bool InGroup(const std::string& group) const;
  /// All its groups.
  std::vector<std::string> Groups() const;

  const ClientInfo info;
  Subscriber* subscriber;  ///< Null once it left.
  // Shared by all clients of the tenant on this thread.
  const std::shared_ptr<Room> room;
  bool in_tenant_group = true;
  Sequence after;  ///< Nothing up to here comes by the common flow.
  // The common flow reads from the log; null: it is live.
  std::unique_ptr<Reading> behind;
  std::unique_ptr<const SentBefore> sent_before;  ///< Of the common flow; null: nothing was.
  SessionTrack session;
  Clock::TimePoint slow_told = Clock::TimePoint::min();  ///< When it was last told to be slow.
  std::vector<Subscription> subscriptions;
  std::vector<DurablePtr> durables;  ///< In the order of their beginning.
  bool reading = false;              ///< Its reading task runs.
  async::Signal more;                ///< Room again, or the target moved.
};
// Shared by the subscriber's owner, the room, and the reading task.
using ClientPtr = std::shared_ptr<Client>;

}  // namespace notify::agent::hub
