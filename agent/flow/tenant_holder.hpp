#pragma once

#include "agent/async/task.hpp"
#include "agent/flow/tenant_handle.hpp"

namespace notify::agent {

/// Holds something of a tenant that must not stay when the tenant stops: connections, open files.
///
/// Lifetime: as the agent.
/// Threads:  called on the platform executor.
class TenantHolder {
 public:
  virtual ~TenantHolder() = default;
  /// The tenant is suspended (`record().state` is kSuspended): close its connections; or it is
  /// being deleted (kDeleting): close its files as well and open none again. No request reaches it
  /// any more. Nothing is held when this returns.
  virtual async::Task<void> LetGo(TenantHandle tenant) = 0;
};

}  // namespace notify::agent
