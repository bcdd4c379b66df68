#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/async/task_group.hpp"
#include "agent/flow/tenant_holder.hpp"
#include "agent/pipeline/replay_parts.hpp"
#include "agent/pipeline/replay_run.hpp"
#include "agent/replay/replay.hpp"

namespace notify::agent::pipeline {

/// The replays of all tenants: planned, begun, resumed, shown, ended. Answers are JSON texts of
/// docs/replay.md.
///
/// Lifetime: as the agent; Stop() is awaited before it goes.
/// Threads:  asked from any executor, answers come on the caller's; it runs on the platform
///           executor, as LetGo and Stop do.
class Replays final : public TenantHolder {
 public:
  Replays(ReplayParts parts, ReplayOptions options);
  ~Replays() override;
  Replays(const Replays&) = delete;
  Replays& operator=(const Replays&) = delete;

  /// What a caller asks for, and what it may.
  struct Asked {
    replay::Request request;
    std::string body;             ///< As it came.
    std::string idempotency_key;  ///< The same key is the same replay; empty: each is new.
  };

  /// Says what it would be.
  async::Task<Result<std::string>> Plan(TenantHandle tenant, replay::Request request);

  /// Begins a replay; its row is durable when this returns.
  ///
  /// kForbidden, kInvalidArgument  the webhook's URL is not allowed.
  /// kTenantNotFound               there is no such target tenant, or it takes no events.
  /// kConflict                     as many as there may be run already.
  /// kIdempotencyKeyReused         the key was used with another body.
  async::Task<Result<std::string>> Start(TenantHandle tenant, Asked asked);

  /// A replay as it is when it has ended, or after `wait` at the latest; asking keeps an attended
  /// one going. kNotFound.
  async::Task<Result<std::string>> Get(TenantHandle tenant, std::string token,
                                       Clock::Duration wait);

  /// The newest `limit` replays older than `before` (a token; empty: the newest).
  async::Task<Result<std::vector<std::string>>> List(TenantHandle tenant, std::string before,
                                                     std::size_t limit);

  /// Goes on after the last event that was sent. One that runs already only becomes attended or
  /// not. kNotFound; kConflict where it is over, or too many run.
  async::Task<Result<std::string>> Resume(TenantHandle tenant, std::string token, bool attended);

  /// Interrupts or cancels a replay and answers when it has ended, or after a few seconds while a
  /// webhook is still being waited for. kNotFound; kConflict where it is over.
  async::Task<Result<std::string>> End(TenantHandle tenant, std::string token, ReplayRun::Stop how);

  /// Whose log a replay writes besides its own; nothing where it does not, or is not there.
  async::Task<Result<std::optional<TenantId>>> OtherTenantOf(TenantHandle tenant,
                                                             std::string token);

  /// Takes up the replays of these tenants that ran, with nobody attending, when the agent ended.
  void TakeUp(std::vector<TenantHandle> tenants);

  /// Interrupts the replays of a tenant that stops, and those into its log.
  async::Task<void> LetGo(TenantHandle tenant) override;

  /// Ends all runs soon, with their positions saved; begins none.
  void RequestStop();
  /// RequestStop, and waits for the end of them.
  async::Task<void> Stop();

 private:
  using Text = Result<std::string>;
  using RunPtr = std::shared_ptr<ReplayRun>;

  async::Task<Text> PlanHere(TenantHandle tenant, replay::Request request);
  async::Task<Text> StartHere(TenantHandle tenant, Asked asked);
  async::Task<Text> GetHere(TenantHandle tenant, std::string token, Clock::Duration wait);
  async::Task<Text> EndHere(TenantHandle tenant, std::string token, ReplayRun::Stop how);
  Text ResumeHere(const TenantHandle& tenant, const std::string& token, bool attended);
  Result<std::vector<std::string>> ListHere(const TenantHandle& tenant, const std::string& before,
                                            std::size_t limit);
  Result<replay::Replay> Find(const TenantHandle& tenant, const std::string& token);
  Result<std::optional<replay::Replay>> FindStored(const TenantHandle& tenant,
                                                   const std::string& token);
  RunPtr Running(const TenantHandle& tenant, const std::string& token) const;
  Status CheckRoom(const TenantHandle& tenant) const;
  Status CheckTarget(const replay::Target& target) const;
  RunPtr Begin(TenantHandle tenant, replay::Replay replay);
  async::Task<void> RunOne(RunPtr run);
  async::Task<void> TakeUpAll(std::vector<TenantHandle> tenants);
  Status TakeUpOf(const TenantHandle& tenant);
  Result<std::optional<TenantHandle>> DestinationOf(const TenantHandle& tenant,
                                                    const replay::Request& request) const;

  const ReplayParts parts_;
  const ReplayOptions options_;
  async::TaskGroup tasks_;
  // Shared with the tasks that run them and with those who wait for their end. By token.
  std::map<std::string, RunPtr> runs_;
};

}  // namespace notify::agent::pipeline
