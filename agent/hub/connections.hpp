#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "agent/hub/hub.hpp"

namespace notify::agent::hub {

/// One subscription of a connection, as an operator sees it.
struct SubscriptionEntry {
  std::string id;
  std::string name;      ///< Of a durable one,
  std::string consumer;  ///< whose position this consumer keeps.
  Filter filter;
  std::optional<Position> position;  ///< The last event that was looked at; nothing: `consumer`'s.
};

/// One connection or event stream, as an operator sees it.
struct ConnectionEntry {
  std::string id;
  std::string user;  ///< Empty: of a key.
  std::string actor;
  SubscriberFacts facts;
  std::vector<std::string> groups;
  Position position;  ///< The last event that was looked at for all that it asks for.
  std::vector<SubscriptionEntry> subscriptions;
};

/// Which connections of a tenant.
struct ConnectionQuery {
  std::string user;       ///< Empty: of all.
  std::string transport;  ///< Empty: all.
  std::string after;      ///< Behind this id.
  std::size_t limit = 50;
};

/// The connections that there are, over all I/O threads: list, look, end, ask. Every question is
/// about one tenant; another's connections do not exist for it.
///
/// Lifetime: as the agent.
/// Threads:  any executor; answers come on the caller's.
class Connections {
 public:
  /// Both outlive it.
  Connections(async::Runtime& runtime, Hub& hub) : runtime_(runtime), hub_(hub) {}

  /// In the order of their ids, at most `query.limit`.
  async::Task<std::vector<ConnectionEntry>> List(TenantHandle tenant, ConnectionQuery query);
  /// Nothing where there is none of that id.
  async::Task<std::optional<ConnectionEntry>> Find(TenantHandle tenant, std::string id);
  /// Ends a connection. False where there is none of that id.
  async::Task<bool> Kick(TenantHandle tenant, std::string id, Farewell farewell);
  /// Calls a method of the client and waits for what it returns, JSON.
  ///
  /// kNotFound     there is no connection of that id.
  /// kConflict     the client refused, or is an event stream, which answers nothing.
  /// kTimeout      it did not answer within `limit`.
  /// kUnavailable  it is too slow to be asked, or ended meanwhile.
  /// kRateLimited  it has 64 calls to answer.
  async::Task<Result<std::string>> Ask(TenantHandle tenant, std::string id, std::string method,
                                       std::vector<std::string> arguments, Clock::Duration limit);

 private:
  async::Runtime& runtime_;
  Hub& hub_;
};

}  // namespace notify::agent::hub
