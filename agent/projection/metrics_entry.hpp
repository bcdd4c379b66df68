#pragma once

#include <cstddef>
#include <optional>
#include <utility>

#include "agent/async/signal.hpp"
#include "agent/async/timers.hpp"
#include "agent/projection/metric_counts.hpp"
#include "agent/projection/metrics_projection.hpp"

namespace notify::agent::projection {

/// One tenant whose log is being read, or was not long ago.
///
/// Lifetime: in the projection's map until it is idle.
/// Threads:  the platform executor.
struct MetricsProjection::Entry {
  explicit Entry(TenantHandle handle) : tenant(std::move(handle)) {}

  TenantHandle tenant;
  bool loaded = false;
  Position position;  // Counted up to here: the snapshot and `counts`.
  MetricCounts counts;
  Clock::TimePoint snapshot_at;
  /// What a rebuild has counted: the snapshot of that name, and these.
  struct Next {
    Position position;
    MetricCounts counts;
  };
  std::optional<Next> next;
  bool behind = true;
  bool queued = false;
  bool running = false;
  bool armed = false;
  bool let_go = false;
  std::size_t waiting = 0;  // Queries that wait for it.
  Status last;              // What the last read came to.
  async::TimerId timer;
  async::Signal progress;
};

}  // namespace notify::agent::projection
