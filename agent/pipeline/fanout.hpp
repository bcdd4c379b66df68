#pragma once

#include <memory>

#include "agent/flow/event_source.hpp"
#include "agent/hub/upstream.hpp"
#include "agent/pipeline/lifted_events.hpp"

namespace notify::agent::pipeline {

/// From the log to live subscribers, in the order of docs/life_of_an_event.md: log, hub, live
/// subscribers. The only place that knows this order.
///
/// Lifetime: outlives the hub.
/// Threads:  each I/O thread, for its own rooms.
class Fanout final : public hub::Upstream {
 public:
  /// `log` outlives it.
  explicit Fanout(EventSource& log) : log_(log) {}
  /// The same, with old events lifted on every way.
  explicit Fanout(LiftedEvents& log) : log_(log), lifted_(&log) {}

  async::Task<Result<Position>> Attach(async::Executor& executor,
                                       std::shared_ptr<hub::Room> room) override;
  void Detach(const std::shared_ptr<hub::Room>& room) override;
  async::Task<Result<ReadPage>> Read(TenantHandle tenant, Position after,
                                     std::size_t max_bytes) override {
    return log_.Read(std::move(tenant), after, max_bytes);
  }

 private:
  EventSource& log_;
  const LiftedEvents* lifted_ = nullptr;  // Null: events go out as they are stored.
};

}  // namespace notify::agent::pipeline
