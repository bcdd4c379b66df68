#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/async/timers.hpp"
#include "agent/hub/presence.hpp"

namespace notify::agent::hub {

/// Who is online, and when somebody is not any more.
///
/// Lifetime: shared with what is posted for it.
/// Threads:  one executor, that of `timers`.
class PresenceTable : public std::enable_shared_from_this<PresenceTable> {
 public:
  /// Told of each user that comes or goes.
  using Tell = std::function<void(const TenantId&, const UserPresence&, Clock::WallTime at)>;

  /// `timers` and `metrics` outlive it.
  PresenceTable(async::Timers& timers, telemetry::Metrics& metrics, Clock::Duration grace,
                Tell tell);

  /// One more connection of a user.
  void Join(const TenantId& tenant, const std::string& user);
  /// One less. Without another within the grace the user goes.
  void Leave(const TenantId& tenant, const std::string& user);

  std::vector<UserPresence> List(const TenantId& tenant, const std::string& after,
                                 std::size_t limit) const;
  UserPresence Get(const TenantId& tenant, const std::string& user) const;

  /// Nobody comes or goes any more.
  void Stop();

 private:
  struct User {
    std::size_t connections = 0;
    Clock::WallTime since;
    Clock::TimePoint left;  // When the last one ended, where there is none.
    bool waits = false;     // Is in `leaving_`.
  };
  struct Tenant {
    telemetry::GaugeShare online;
    std::map<std::string, User> users;
  };
  struct Leaving {
    Clock::TimePoint due;
    TenantId tenant;
    std::string user;
  };

  void Arm();
  void TakeDue();
  void LookAt(Leaving leaving, Clock::TimePoint now);
  static UserPresence Show(const std::string& name, const User& user);

  async::Timers& timers_;
  telemetry::Metrics& metrics_;
  const Clock::Duration grace_;
  const Tell tell_;
  std::map<TenantId, Tenant> tenants_;
  std::deque<Leaving> leaving_;  // In the order of their time: one a user at most.
  bool armed_ = false;
  bool stopped_ = false;
  async::TimerId timer_;
};

}  // namespace notify::agent::hub
