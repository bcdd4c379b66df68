#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "agent/async/runtime.hpp"
#include "agent/channel/registry.hpp"
#include "agent/delivery/delivery.hpp"
#include "agent/delivery/retry.hpp"
#include "agent/flow/deliveries.hpp"
#include "agent/flow/event_source.hpp"
#include "agent/flow/feedback.hpp"
#include "agent/flow/unfinished_work.hpp"
#include "agent/render/renderer.hpp"
#include "agent/store/tenant_database.hpp"
#include "agent/telemetry/metrics.hpp"
#include "agent/trigger/trigger.hpp"

namespace notify::agent::pipeline {

/// What the delivery side works with; all of it outlives it.
struct DeliveryParts {
  async::Runtime& runtime;
  EventSource& events;
  Feedback& feedback;
  store::TenantDatabases& databases;
  UnfinishedWork& unfinished;
  channel::Registry& channels;
  render::Renderer& renderer;
  const telemetry::Metrics& metrics;
  Deliveries* live = nullptr;  ///< Who knows which connections got an event; may be missing.
};

struct DeliveryOptions {
  bool rules_on = true;           ///< `advanced.events.enabled`
  bool notifications_on = true;   ///< `notifications.enabled`
  bool install_examples = false;  ///< `triggers.fx_quote_created`
  bool allow_private_networks = false;
  delivery::RetryPolicy retry;
  std::size_t busy_tenants = 8;            ///< Tenants whose turn it is at once.
  std::size_t in_flight_per_channel = 32;  ///< Attempts at once, of one tenant by one channel.
};

/// One tenant that has something to do.
/// Threads:  the platform executor.
struct TenantWork {
  explicit TenantWork(TenantHandle handle) : tenant(std::move(handle)) {}

  TenantHandle tenant;
  bool loaded = false;       ///< Cursor read, examples installed.
  bool behind = true;        ///< The log may hold events behind the cursor.
  bool rules_known = false;  ///< Cleared by whoever changes the rules.
  /// The queue has nothing that is due, waits for its time, or is to be told, so state.db need not
  /// be asked. Cleared by whoever adds to it from outside.
  bool queue_is_empty = false;
  std::vector<trigger::Trigger> rules;
  Position cursor;                           ///< The last event looked at.
  Position saved_cursor;                     ///< The same as state.db has it.
  std::optional<Clock::TimePoint> saved_at;  ///< Nothing: the next turn saves it.
  std::map<std::string, std::string>
      in_flight;  ///< Delivery under way, or not yet recorded; its channel.
  std::vector<delivery::Delivery> outcomes;  ///< Attempts that ended and are not yet recorded.
};

/// What a turn leaves to do.
struct TurnResult {
  bool more = false;                    ///< Another turn has work at once.
  std::vector<delivery::Delivery> due;  ///< To be attempted now.
  std::optional<Clock::Duration> next;  ///< When another turn has work.
};

/// The tenant's state.db with the tables of every stage of delivery.
Result<store::Database*> OpenState(store::TenantDatabases& databases, const TenantHandle& tenant);

/// Unix milliseconds.
std::int64_t UnixMs(Clock::WallTime time);

}  // namespace notify::agent::pipeline
