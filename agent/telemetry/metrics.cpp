#include "agent/telemetry/metrics.hpp"

#include <utility>

namespace notify::agent::telemetry {

Metrics::Metrics(MetricsOptions options)
    : registry_(options.max_tenants),
      version_(std::move(options.version)),
      http_requests(registry_),
      http_request_seconds(registry_),
      http_errors(registry_),
      refusals(registry_),
      connections(registry_),
      connections_near_limit(registry_),
      users_online(registry_),
      events_in(registry_),
      events_out(registry_),
      events_waiting(registry_),
      commit_batch_events(registry_),
      commit_seconds(registry_),
      render_seconds(registry_),
      bytes_in(registry_),
      bytes_out(registry_),
      dedupe_horizon_seconds(registry_),
      log_bytes(registry_),
      events_expired(registry_),
      disk_free_bytes(registry_),
      disk_level(registry_),
      hub_messages(registry_),
      hub_invocations(registry_),
      gateway_requests(registry_),
      gateway_events_not_stored(registry_),
      notifications_sent(registry_),
      notifications_delivered(registry_),
      consumer_lag(registry_),
      consumer_in_flight(registry_),
      consumer_events(registry_),
      events_scheduled(registry_),
      scheduled_events_sent(registry_),
      scheduled_events_late_seconds(registry_) {}

}  // namespace notify::agent::telemetry
