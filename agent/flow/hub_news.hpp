#pragma once

#include <string>
#include <string_view>

#include "agent/flow/tenant_handle.hpp"

namespace notify::agent {

/// A client that takes less than it is sent.
struct SlowClient {
  std::string connection_id;
  std::string actor;
  /// `behind`: its events are read again from the log when it takes bytes; `dropped`: a message
  /// without a position was lost; `closed`: it took nothing for too long.
  std::string_view reason;
};

/// What the hub tells of its clients, for those who do not know how that is told.
///
/// Lifetime: outlives the hub.
/// Threads:  any.
class HubNews {
 public:
  virtual ~HubNews() = default;
  /// Called for a client once a minute at most, after its first time at once.
  virtual void TellSlow(const TenantHandle& tenant, SlowClient client) = 0;
};

}  // namespace notify::agent
