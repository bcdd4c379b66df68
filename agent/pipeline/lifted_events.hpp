#pragma once

#include "agent/flow/event_source.hpp"
#include "agent/schema/upcasting.hpp"

namespace notify::agent::pipeline {

/// The log as its readers see it: events of old versions are lifted by the tenant's upcasters as
/// they are read. What is stored never changes; a tenant without upcasters costs a look at a table.
///
/// Lifetime: as the agent; what it is made of outlives it.
/// Threads:  any executor; answers come on the caller's.
class LiftedEvents final : public EventSource {
 public:
  LiftedEvents(EventSource& log, schema::Upcasting& upcasting) : log_(log), upcasting_(upcasting) {}

  async::Task<Result<ReadPage>> Read(TenantHandle tenant, Position after,
                                     std::size_t max_bytes) override;
  async::Task<Result<LogHead>> Head(TenantHandle tenant) override {
    return log_.Head(std::move(tenant));
  }
  /// Reads the upcasters first, so that Lift knows them. The feed is given events as they are
  /// stored: it calls Lift itself, on its own executor.
  async::Task<Result<Position>> Attach(TenantHandle tenant, async::Executor& executor,
                                       std::shared_ptr<LiveFeed> feed) override;
  void Detach(TenantHandle tenant, std::shared_ptr<LiveFeed> feed) override {
    log_.Detach(std::move(tenant), std::move(feed));
  }

  /// The batch with its events lifted; the same one where there is nothing to lift. `here` is the
  /// caller's executor.
  BatchPtr Lift(const async::Executor& here, const TenantHandle& tenant, BatchPtr batch) const;

 private:
  EventSource& log_;
  schema::Upcasting& upcasting_;
};

}  // namespace notify::agent::pipeline
