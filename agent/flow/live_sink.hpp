#pragma once

#include <cstddef>
#include <string>

#include "agent/async/task.hpp"
#include "agent/flow/tenant_handle.hpp"

namespace notify::agent {

/// Which of a tenant's connections a message is for.
struct LiveTarget {
  enum class Kind { kTenant, kUser, kGroup, kSubscription };
  Kind kind = Kind::kTenant;
  std::string name;  ///< User, group or subscription; empty for the tenant.
};

/// Invokes a method on a tenant's live connections. What has no position may be dropped where a
/// connection is slow.
///
/// Lifetime: as the agent.
/// Threads:  any executor; the answer comes on the caller's.
class LiveSink {
 public:
  virtual ~LiveSink() = default;
  /// `argument` is one JSON value. Returns how many connections of this agent took it.
  virtual async::Task<std::size_t> Invoke(TenantHandle tenant, LiveTarget target,
                                          std::string method, std::string argument) = 0;
  /// The same, where only the newest counts: for a connection that is slow it takes the place of
  /// one that waits under the same `key`.
  virtual async::Task<std::size_t> InvokeNewest(TenantHandle tenant, LiveTarget target,
                                                std::string method, std::string argument,
                                                std::string key) = 0;
};

}  // namespace notify::agent
