#pragma once

#include <memory>
#include <unordered_map>

#include "agent/async/published.hpp"
#include "agent/flow/directory_observer.hpp"
#include "agent/quota/quota_gate.hpp"
#include "agent/quota/rate_gate.hpp"

namespace notify::agent::quota {

/// The two gates of a tenant.
struct TenantGates {
  TenantGates(const Clock& clock, const TenantRecord& tenant, const TenantLimits& limits);

  const Epoch epoch;  ///< Of the tenant's log: a tenant made again has gates of its own.
  QuotaGate quota;
  RateGate rate;
};

/// The gates of all tenants, beside the directory: each I/O thread has its own table of shared
/// gates, and a change of limits keeps what is spent.
///
/// Lifetime: as the agent; `runtime` outlives it.
/// Threads:  Prepare on the platform executor; Of… on the thread that is named.
class Gates final : public DirectoryObserver {
 public:
  /// `defaults` count where a tenant has no limit of its own.
  Gates(async::Runtime& runtime, TenantLimits defaults);

  async::Task<void> Prepare(std::shared_ptr<const Directory> next) override;

  /// On I/O thread `io`. Null where the tenant was just deleted. The gates stay while the pointer
  /// is kept.
  std::shared_ptr<TenantGates> OfIo(std::size_t io, const TenantId& tenant) const;
  /// On the platform executor.
  std::shared_ptr<TenantGates> OfPlatform(const TenantId& tenant) const;

 private:
  using Table = std::unordered_map<TenantId, std::shared_ptr<TenantGates>>;
  TenantLimits Effective(const TenantLimits& own) const;

  const Clock& clock_;
  const TenantLimits defaults_;
  async::Published<Table> tables_;
};

}  // namespace notify::agent::quota
