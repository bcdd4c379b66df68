#pragma once

#include "agent/async/runtime.hpp"
#include "agent/eventlog/event_log.hpp"
#include "agent/flow/copy_sink.hpp"
#include "agent/quota/gates.hpp"

namespace notify::agent::pipeline {

/// Stores copies the way that everybody's events are stored: past the tenant's quota, sealed,
/// durable.
///
/// Lifetime: as the agent; what it is made of outlives it.
/// Threads:  the platform executor.
class CopyIntake final : public CopySink {
 public:
  CopyIntake(async::Runtime& runtime, quota::Gates& gates, eventlog::EventLog& log)
      : gates_(gates), log_(log), sealer_(runtime.random()) {}

  async::Task<Result<Stored>> Append(TenantHandle tenant, EventBatch copies) override;
  std::optional<Rate> RateOf(const TenantHandle& tenant) const override;

 private:
  quota::Gates& gates_;
  eventlog::EventLog& log_;
  eventlog::BlockSealer sealer_;
};

}  // namespace notify::agent::pipeline
