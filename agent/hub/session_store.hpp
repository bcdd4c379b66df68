#pragma once

#include <memory>

#include "agent/async/runtime.hpp"
#include "agent/flow/session_keeper.hpp"
#include "agent/store/database.hpp"

namespace notify::agent::hub {

/// Sessions in platform.db, five minutes beyond their connections: one transaction a second and I/O
/// thread where something changed. They name no secret: a session is found by its digest.
///
/// Lifetime: as the agent.
/// Threads:  any executor; the file is used on the platform's.
class SessionStore final : public SessionKeeper {
 public:
  /// Makes the tables where they are not there; what connections had when the agent before ended is
  /// theirs for five minutes from now. Both outlive it. kUnavailable: a newer agent wrote the file.
  static Result<std::unique_ptr<SessionStore>> Open(async::Runtime& runtime,
                                                    store::Database& platform);

  async::Task<Status> Keep(std::size_t io, std::vector<SessionChange> changes,
                           std::vector<FlowMark> marks) override;
  async::Task<Result<std::optional<KeptSession>>> Find(TenantHandle tenant, std::string session,
                                                       std::string actor) override;

 private:
  SessionStore(async::Runtime& runtime, store::Database& platform)
      : runtime_(runtime), platform_(platform) {}

  Status Write(std::size_t io, const std::vector<SessionChange>& changes,
               const std::vector<FlowMark>& marks);
  Status WriteChange(std::int64_t flow, const SessionChange& change);
  Result<std::optional<KeptSession>> FindHere(const TenantHandle& tenant,
                                              const std::string& session, const std::string& actor);
  std::int64_t NowMs() const;

  async::Runtime& runtime_;
  store::Database& platform_;
  std::int64_t first_flow_ = 0;  // Flows are numbered on from run to run.
  std::int64_t swept_ms_ = 0;
};

}  // namespace notify::agent::hub
