#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "agent/async/task.hpp"
#include "agent/flow/tenant_handle.hpp"
#include "common/ids.hpp"
#include "common/result.hpp"

namespace notify::agent {

/// What changed of one session since it was last kept.
struct SessionChange {
  TenantHandle tenant;
  std::string session;   ///< Its secret name.
  std::string actor;     ///< Whose it is.
  std::string state;     ///< As its stage writes it.
  bool open = false;     ///< Its connection is there: it is kept until that ends.
  bool follows = false;  ///< Its positions are those of the tenant's live flow on that thread.
};

/// How far a tenant's live flow has surely reached who follows it on one thread.
struct FlowMark {
  TenantHandle tenant;
  Position arrived;
};

/// A session as it was kept.
struct KeptSession {
  std::string state;
  std::optional<Position> follows;  ///< Where it followed: how far the flow had reached it.
};

/// Where sessions outlive the agent.
///
/// Lifetime: as the agent.
/// Threads:  any executor; answers come on the caller's.
class SessionKeeper {
 public:
  virtual ~SessionKeeper() = default;

  /// Keeps what changed on I/O thread `io`, all or nothing. kUnavailable: nothing, and the caller
  /// comes with the same again.
  virtual async::Task<Status> Keep(std::size_t io, std::vector<SessionChange> changes,
                                   std::vector<FlowMark> marks) = 0;
  /// A session of an agent before this one, or that a connection left; nothing where there is none,
  /// it is too old, or another's. An error says that nobody knows now.
  virtual async::Task<Result<std::optional<KeptSession>>> Find(TenantHandle tenant,
                                                               std::string session,
                                                               std::string actor) = 0;
};

}  // namespace notify::agent
