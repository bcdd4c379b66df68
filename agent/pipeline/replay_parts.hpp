#pragma once

#include <cstddef>
#include <functional>

#include "agent/async/runtime.hpp"
#include "agent/delivery/retry.hpp"
#include "agent/flow/copy_sink.hpp"
#include "agent/flow/event_source.hpp"
#include "agent/flow/provider.hpp"
#include "agent/flow/replay_sink.hpp"
#include "agent/store/tenant_database.hpp"

namespace notify::agent::pipeline {

/// The position before the first event recorded at a time or later.
using PositionBefore = std::function<async::Task<Result<Position>>(TenantHandle, Clock::WallTime)>;
/// A handle to another tenant, whose log a replay writes; audited. kTenantNotFound where it does
/// not take events.
using OpenTenant = std::function<Result<TenantHandle>(const TenantId&)>;

/// What replays work with; all of it outlives them.
struct ReplayParts {
  async::Runtime& runtime;
  EventSource& events;
  PositionBefore before;
  CopySink& copies;
  ReplaySink& live;
  Provider& webhook;
  store::TenantDatabases& databases;
  OpenTenant open;
  /// The same events as readers see them, for those that are sent and not stored; null: as stored.
  EventSource* lifted = nullptr;
};

struct ReplayOptions {
  bool rules_on = true;  ///< `advanced.events.enabled`
  bool allow_private_networks = false;
  delivery::RetryPolicy retry;   ///< Of a webhook.
  std::size_t at_once = 4;       ///< Replays of one tenant that run at the same time.
  std::size_t all_at_once = 32;  ///< The same of all tenants.
  std::int64_t most_open = 100;  ///< Replays of one tenant that run or are interrupted.
};

}  // namespace notify::agent::pipeline
