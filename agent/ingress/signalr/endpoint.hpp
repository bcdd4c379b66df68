#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/ingress/http/exchange.hpp"
#include "agent/ingress/live/ticker.hpp"
#include "agent/ingress/signalr/connection_token.hpp"
#include "agent/ingress/signalr/hub_connection.hpp"
#include "agent/ingress/signalr/services.hpp"

namespace notify::agent::ingress::signalr {

/// `/hubs/notifications` (contract 7, signalr.md): negotiation, and connections over WebSockets.
///
/// Lifetime: outlives its requests; Stop() is awaited before it goes.
/// Threads:  the I/O threads, each for its own requests.
class Endpoint {
 public:
  /// All outlive the endpoint.
  Endpoint(async::Runtime& runtime, pipeline::Intake& intake, hub::Hub& hub, AuditSink& audit,
           telemetry::Metrics& metrics, HubTimes times, HubSizes sizes);
  ~Endpoint();

  /// `POST …/negotiate`: a new connection, not attached yet, and the transports.
  async::Task<void> Negotiate(Exchange& exchange, pipeline::Caller caller);
  /// `GET …` with an upgrade: a connection to its end. `id` unknown, expired or of another user:
  /// 404; in use: 409; other transports: 404.
  async::Task<void> Connect(Exchange& exchange, pipeline::Caller caller);

  /// Ends the ticks of all threads. Connections end with their sockets.
  async::Task<void> Stop();

 private:
  /// What one I/O thread has.
  struct Lane;
  /// How a token came to be used.
  enum class Claim { kNew, kInUse, kOver };

  async::Task<Claim> ClaimToken(std::string token, Negotiation negotiation);
  async::Task<void> ReleaseToken(std::string token, std::size_t owner);
  async::Task<void> Upgrade(Exchange& exchange, pipeline::Caller caller, std::string connection_id,
                            std::string accept);

  Services services_;
  const ConnectionTokens tokens_;
  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace notify::agent::ingress::signalr
