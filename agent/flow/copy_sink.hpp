#pragma once

#include <cstdint>
#include <optional>

#include "agent/async/task.hpp"
#include "agent/flow/tenant_handle.hpp"
#include "common/model/event_parser.hpp"
#include "common/result.hpp"

namespace notify::agent {

/// Stores copies of events that stood in a log before. They count against the tenant's quota like
/// everybody's, and give way where the intake is full: the caller waits and comes again.
///
/// Lifetime: as the agent.
/// Threads:  the platform executor.
class CopySink {
 public:
  struct Stored {
    std::uint64_t accepted = 0;
    std::uint64_t duplicates = 0;
  };
  /// What a tenant may take; nothing: no limit.
  struct Rate {
    std::uint32_t per_second = 1;
    std::uint32_t burst = 1;
  };

  virtual ~CopySink() = default;

  /// Durable when it returns. Each event's id is its duplicate key.
  ///
  /// kQuotaExceeded, kOverloaded  with `retry_after`: nothing is stored.
  /// kBatchTooLargeForQuota       more than the burst.
  /// kOutcomeUnknown              again with the same ids.
  virtual async::Task<Result<Stored>> Append(TenantHandle tenant, EventBatch copies) = 0;

  virtual std::optional<Rate> RateOf(const TenantHandle& tenant) const = 0;
};

}  // namespace notify::agent
