#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/hub/hub.hpp"
#include "agent/telemetry/metrics.hpp"

namespace notify::agent::hub {

class PresenceTable;

/// One user as others see it.
struct UserPresence {
  std::string user;
  std::size_t connections = 0;           ///< 0 while it may come back.
  std::optional<Clock::WallTime> since;  ///< Nothing: it is not online.
};

/// `{"user": …, "online": …, "connections": …, "since": … or null}`
std::string PresenceJson(const UserPresence& presence);

/// Which users of a tenant are online: those with a connection or event stream, and those who had
/// one within the grace, so that a reconnect does not look like leaving. Who asked for it is told
/// of users as they come and go, by client method `presence`.
///
/// The table is kept on I/O thread 0; what the shards see goes there, and what is to be told comes
/// back from there, each in its order.
///
/// Lifetime: as the hub; Stop() is awaited before the runtime goes.
/// Threads:  as each function says; answers come on the caller's executor.
class Presence {
 public:
  /// All outlive it. Watches the hub's shards from now on: before the first client enters.
  Presence(async::Runtime& runtime, Hub& hub, telemetry::Metrics& metrics, Clock::Duration grace);
  ~Presence();

  /// The users that are online, in the order of their names, behind `after`. Any executor.
  async::Task<std::vector<UserPresence>> List(TenantHandle tenant, std::string after,
                                              std::size_t limit);
  /// One of them; `since` is empty where the user is not online. Any executor.
  async::Task<UserPresence> Get(TenantHandle tenant, std::string user);

  /// Tells a client of the users of its tenant from now on, until it leaves. On the executor of
  /// I/O thread `io`, whose shard has the client.
  void Subscribe(std::size_t io, const ClientPtr& client);
  /// Does nothing where it was not told.
  void Unsubscribe(std::size_t io, const ClientPtr& client);

  /// Nobody is told any more. Any executor.
  async::Task<void> Stop();

 private:
  class Side;

  void Tell(const TenantId& tenant, const UserPresence& presence, Clock::WallTime at);

  async::Runtime& runtime_;
  // Shared with what is posted to I/O thread 0.
  std::shared_ptr<PresenceTable> table_;
  // By I/O thread; shared with what is posted to it.
  std::vector<std::shared_ptr<Side>> sides_;
};

}  // namespace notify::agent::hub
