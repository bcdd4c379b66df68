#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "agent/flow/audit_sink.hpp"
#include "agent/ingress/signalr/services.hpp"
#include "agent/quota/gates.hpp"
#include "agent/quota/head_counts.hpp"

namespace notify::agent::app {

/// Gives streaming connections their places: of the tenant's number, the user's and the address's.
/// A place at a soft limit is counted, and warned of once a minute; a refusal is counted
/// and audited.
///
/// Lifetime: as the front door; places may outlive it.
/// Threads:  any I/O thread, by its index.
class HubPlaces {
 public:
  /// All outlive it.
  HubPlaces(async::Runtime& runtime, const quota::Gates& gates, telemetry::Metrics& metrics,
            AuditSink& audit, quota::HeadCounts::Limits limits);

  /// kRateLimited with `retry_after`: there is none. `caller` outlives the task.
  async::Task<Result<ingress::signalr::Place>> Take(std::size_t io, const pipeline::Caller& caller,
                                                    std::string address);
  /// Whether Take would refuse now.
  async::Task<Status> Check(std::size_t io, const pipeline::Caller& caller, std::string address);

 private:
  void Near(std::size_t io, const TenantId& tenant, std::string_view limit);
  void Refused(const pipeline::Caller& caller, std::string address, const Error& error);

  async::Runtime& runtime_;
  const quota::Gates& gates_;
  telemetry::Metrics& metrics_;
  AuditSink& audit_;
  quota::HeadCounts heads_;
  // When there was the last warning, by I/O thread.
  std::vector<std::map<std::pair<TenantId, std::string>, Clock::TimePoint>> warned_;
};

}  // namespace notify::agent::app
