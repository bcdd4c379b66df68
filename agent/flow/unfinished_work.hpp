#pragma once

#include "agent/flow/tenant_handle.hpp"

namespace notify::agent {

/// The set of tenants that have something left to do, kept durably in platform.db, so that they are
/// found again after a restart without opening every tenant.
///
/// Lifetime: as the agent.
/// Threads:  the platform executor.
class UnfinishedWork {
 public:
  virtual ~UnfinishedWork() = default;
  /// Durable when it returns; adding twice is fine.
  virtual void Add(const TenantHandle& tenant) = 0;
  virtual void Remove(const TenantHandle& tenant) = 0;
};

}  // namespace notify::agent
