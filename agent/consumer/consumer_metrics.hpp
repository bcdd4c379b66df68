#pragma once

#include "agent/telemetry/metrics.hpp"

namespace notify::agent::consumer {

/// What one consumer counts. Its name is no label: a name of the hub holds a user's id, and a
/// tenant may have a thousand; the API shows each consumer's own lag.
///
/// Lifetime: as the consumer, whose shares of the gauges go with it.
/// Threads:  one at a time.
struct ConsumerMetrics {
  ConsumerMetrics(const telemetry::Metrics& metrics, const TenantId& tenant)
      : lag(metrics.consumer_lag.For(tenant)),
        in_flight(metrics.consumer_in_flight.For(tenant)),
        delivered(metrics.consumer_events.For(tenant, "delivered")),
        redelivered(metrics.consumer_events.For(tenant, "redelivered")),
        acknowledged(metrics.consumer_events.For(tenant, "acknowledged")),
        refused(metrics.consumer_events.For(tenant, "refused")),
        timed_out(metrics.consumer_events.For(tenant, "timed_out")),
        dead_lettered(metrics.consumer_events.For(tenant, "dead_lettered")) {}

  telemetry::GaugeShare lag;
  telemetry::GaugeShare in_flight;
  const telemetry::Counter delivered;
  const telemetry::Counter redelivered;
  const telemetry::Counter acknowledged;
  const telemetry::Counter refused;
  const telemetry::Counter timed_out;
  const telemetry::Counter dead_lettered;
};

}  // namespace notify::agent::consumer
