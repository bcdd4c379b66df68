#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/flow/audit_sink.hpp"
#include "agent/hub/hub.hpp"
#include "agent/hub/presence.hpp"
#include "agent/inbox/inboxes.hpp"
#include "agent/pipeline/intake.hpp"
#include "agent/quota/head_counts.hpp"
#include "agent/quota/rate_gate.hpp"
#include "agent/telemetry/metrics.hpp"
#include "common/signalr/json_hub_protocol.hpp"
#include "common/signalr/messagepack_hub_protocol.hpp"
#include "common/websocket/message_reader.hpp"

namespace notify::agent::ingress::signalr {

/// `hub.*` of the configuration.
struct HubTimes {
  Clock::Duration keep_alive = std::chrono::seconds(15);
  Clock::Duration client_timeout = std::chrono::seconds(30);
  Clock::Duration handshake_timeout = std::chrono::seconds(15);
  Clock::Duration close_timeout = std::chrono::seconds(5);
  Clock::Duration send_timeout = std::chrono::seconds(10);
  /// A connection without a transport: negotiated, between two polls, after a lost WebSocket.
  Clock::Duration disconnect_timeout = std::chrono::seconds(15);
  Clock::Duration poll_timeout = std::chrono::seconds(90);
};
struct HubSizes {
  std::size_t max_message_bytes = 320 << 10;
  std::size_t queue_bytes = 1 << 20;
  std::size_t stateful_bytes = 100'000;
  int max_depth = 64;
  std::size_t upload_items = 10;
};

/// What is served.
struct HubChoice {
  bool web_sockets = true;
  bool server_sent_events = true;
  bool long_polling = true;
  bool stateful_reconnect = true;
  bool compression = false;
};

/// What a connection takes of the numbers that its tenant, its user and its address may have, for
/// as long as it is there.
struct PlaceParts {
  quota::ConnectionSlot of_tenant;
  quota::HeadSlot of_heads;
};
using Place = std::optional<PlaceParts>;
/// Takes a place; any I/O thread, by its index. `caller` outlives the task.
using TakePlace = std::function<async::Task<Result<Place>>(
    std::size_t io, const pipeline::Caller& caller, std::string address)>;
/// Whether there would be one now.
using CheckPlace = std::function<async::Task<Status>(std::size_t io, const pipeline::Caller& caller,
                                                     std::string address)>;

/// The hub protocols as clients may speak them.
///
/// Threads:  any.
class Protocols {
 public:
  explicit Protocols(const ::notify::signalr::HubLimits& limits)
      : json_(limits), message_pack_(limits) {}
  /// By the name in the handshake; null where there is none.
  const ::notify::signalr::HubProtocol* Find(std::string_view name) const {
    if (name == json_.Name()) return &json_;
    if (name == message_pack_.Name()) return &message_pack_;
    return nullptr;
  }

 private:
  const ::notify::signalr::JsonHubProtocol json_;
  const ::notify::signalr::MessagePackHubProtocol message_pack_;
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
  const HubChoice choice;
  const TakePlace take_place;  ///< Empty: there is room for all.
  const CheckPlace check_place;
  const std::vector<std::string> trusted_proxies;
  const Protocols protocols;
  const websocket::ReaderOptions reader;
  const websocket::ReaderOptions deflate_reader;  ///< Where compression was agreed.
  hub::Presence* const presence;                  ///< Null: nobody is told who is online.
  inbox::Inboxes* const inboxes;                  ///< Null: notifications are switched off.
};

}  // namespace notify::agent::ingress::signalr
