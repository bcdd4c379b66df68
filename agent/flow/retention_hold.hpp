#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/async/task.hpp"
#include "agent/flow/tenant_handle.hpp"
#include "common/ids.hpp"
#include "common/result.hpp"

namespace notify::agent {

/// What one reader of a tenant's log still needs: the events behind `after` that were recorded at
/// `since_ms` or later.
struct HeldEvents {
  std::string holder;         ///< For messages: `consumer billing`.
  Position after;             ///< Of an epoch that is not the log's: all of the log.
  std::int64_t since_ms = 0;  ///< Unix ms: its own limit. Older events are not held.
};

/// Someone whose readers keep retention from removing events. The log asks before it removes: an
/// event goes only where no holder of its tenant needs it.
///
/// Lifetime: as the agent.
/// Threads:  any executor; the answer comes on the caller's.
class RetentionHold {
 public:
  virtual ~RetentionHold() = default;
  /// Nothing is held where the list is empty. On an error nobody knows: remove nothing.
  virtual async::Task<Result<std::vector<HeldEvents>>> HeldBy(TenantHandle tenant) = 0;
};

}  // namespace notify::agent
