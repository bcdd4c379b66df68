#pragma once

#include "agent/flow/audit_sink.hpp"
#include "agent/hub/hub.hpp"
#include "agent/pipeline/intake.hpp"
#include "agent/telemetry/metrics.hpp"
#include "common/signalr/json_hub_protocol.hpp"
#include "common/websocket/message_reader.hpp"

namespace notify::agent::ingress::signalr {

/// `hub.*` of the configuration.
struct HubTimes {
  Clock::Duration keep_alive = std::chrono::seconds(15);
  Clock::Duration client_timeout = std::chrono::seconds(30);
  Clock::Duration handshake_timeout = std::chrono::seconds(15);
  Clock::Duration close_timeout = std::chrono::seconds(5);
  Clock::Duration send_timeout = std::chrono::seconds(10);
  Clock::Duration negotiate_timeout = std::chrono::seconds(15);
};
struct HubSizes {
  std::size_t max_message_bytes = 320 << 10;
  std::size_t queue_bytes = 1 << 20;
};

/// What hub connections work with.
///
/// Lifetime: outlives all of them.
/// Threads:  any; of the hub each connection uses its own thread's shard.
struct Services {
  async::Runtime& runtime;
  pipeline::Intake& intake;
  hub::Hub& hub;
  AuditSink& audit;
  telemetry::Metrics& metrics;
  const HubTimes times;
  const HubSizes sizes;
  const ::notify::signalr::JsonHubProtocol json;
  const websocket::ReaderOptions reader;
};

}  // namespace notify::agent::ingress::signalr
