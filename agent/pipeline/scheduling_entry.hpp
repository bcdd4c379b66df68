#pragma once

#include <optional>
#include <utility>

#include "agent/pipeline/scheduling.hpp"
#include "agent/telemetry/handles.hpp"

namespace notify::agent::pipeline {

/// One tenant with something waiting, or that was not looked at yet.
/// Threads:  the platform executor.
struct Scheduling::Entry {
  Entry(TenantHandle handle, telemetry::Gauge waiting)
      : tenant(std::move(handle)), shown(waiting) {}

  TenantHandle tenant;
  bool recovered = false;  // Nothing is on its way that was so before this start.
  bool counted = false;    // `used` is what state.db says.
  schedule::ScheduleStore::Usage used;
  std::optional<std::int64_t> due_ms;  // As in waiting_.
  bool queued = false;
  bool running = false;
  bool again = false;  // Something came during the turn.
  bool suspended = false;
  bool let_go = false;
  int failures = 0;  // In a row.
  async::TimerId retry;
  telemetry::GaugeShare shown;
  async::Signal ended;
};

}  // namespace notify::agent::pipeline
