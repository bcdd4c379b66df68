#pragma once

#include <vector>

#include "agent/async/runtime.hpp"
#include "agent/flow/retention_hold.hpp"
#include "agent/tenant/directory_publisher.hpp"

namespace notify::agent::tenant {

/// Keeps all of a tenant's log where its setting `retention.legal_hold` says why.
///
/// Lifetime: as the agent; what it is made of outlives it.
/// Threads:  any executor; the answer comes on the caller's.
class LegalHolds final : public RetentionHold {
 public:
  LegalHolds(async::Runtime& runtime, const DirectoryPublisher& directory)
      : runtime_(runtime), directory_(directory) {}

  async::Task<Result<std::vector<HeldEvents>>> HeldBy(TenantHandle tenant) override;

 private:
  async::Runtime& runtime_;
  const DirectoryPublisher& directory_;
};

}  // namespace notify::agent::tenant
