#pragma once

#include <memory>
#include <utility>

#include "agent/flow/tenant_record.hpp"

namespace notify::agent {

namespace tenant {
class HandleIssuer;
}

/// Proof that tenant resolution decided whose data is meant. A store can be reached only through
/// one; there is no function that takes a tenant's name and returns data.
///
/// Lifetime: keeps its record alive, also when the directory has a newer one.
/// Threads:  any; copies are cheap.
class TenantHandle {
 public:
  const TenantId& id() const { return record_->id; }
  const TenantRecord& record() const { return *record_; }

 private:
  friend class tenant::HandleIssuer;
  explicit TenantHandle(std::shared_ptr<const TenantRecord> record) : record_(std::move(record)) {}

  // Shared with the directory's snapshots: the record outlives a change that replaces it.
  std::shared_ptr<const TenantRecord> record_;
};

}  // namespace notify::agent
