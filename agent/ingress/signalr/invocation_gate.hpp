#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "agent/async/task.hpp"
#include "agent/auth/roles.hpp"
#include "agent/flow/method_policy.hpp"
#include "agent/quota/user_meters.hpp"
#include "common/result.hpp"

namespace notify::agent::ingress::signalr {

class HubConnection;

/// Decides whether a connection's client may call a method now: what its role may, less what the
/// agent's configuration and the tenant take away, as often as connection and user may. Refusals
/// are audited; of who is refused for its rate only once a second, with a count, so that a flood
/// costs no more than its answers.
///
/// Lifetime: as its connection.
/// Threads:  its connection's.
class InvocationGate {
 public:
  explicit InvocationGate(HubConnection& connection) : connection_(connection) {}

  /// Counts a call, whatever it calls. kRateLimited with `retry_after`: the connection makes more
  /// than it may. `method` is the name of one of ours, or `unknown`.
  Status TakeCall(std::string_view method);

  /// Whether role and policies allow the method. `permission` is what the method needs; nothing:
  /// every connection may.
  ///
  /// kForbidden        the role does not have it, or a policy took it away.
  /// kFeatureDisabled  a policy switched the method off for all.
  Status Check(HubMethod method, std::optional<auth::Permission> permission) const;

  /// Check, and counts the call with those of its method and its user. kRateLimited as TakeCall.
  async::Task<Status> Admit(HubMethod method, std::optional<auth::Permission> permission);

  /// Counts what became of a call that was admitted; an error is the method's own.
  void Ended(HubMethod method, const std::optional<Error>& error);

  /// The connection is over: what was not told yet is.
  void End();

 private:
  /// Refusals for a rate, for as long as the audit is told of them together.
  struct Flood {
    std::map<std::string_view, std::int64_t> untold;  // By method, or of all calls.
    Clock::TimePoint told_at;
  };

  /// The policies of the agent and of the tenant, as they are now.
  MethodPolicy PolicyOf(HubMethod method) const;
  Clock::TimePoint Now() const;
  /// `target` and `method` are names of ours.
  Error TooMany(std::string_view target, std::string_view method, std::string_view whose,
                const PaceLimit& limit, Clock::Duration wait);
  void TellFlood();

  HubConnection& connection_;
  quota::Meter calls_;
  // By method; made where a policy has a pace for one.
  std::unique_ptr<quota::MeterRow> methods_;
  // Of the user, shared with its other connections. Gone: nothing is spent.
  std::weak_ptr<quota::MeterRow> user_;
  std::unique_ptr<Flood> flood_;
};

}  // namespace notify::agent::ingress::signalr
