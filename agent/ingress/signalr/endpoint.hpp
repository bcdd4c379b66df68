#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "agent/ingress/http/exchange.hpp"
#include "agent/ingress/signalr/connection_token.hpp"
#include "agent/ingress/signalr/hub_connection.hpp"
#include "agent/ingress/signalr/lane.hpp"
#include "agent/ingress/signalr/services.hpp"

namespace notify::agent::ingress::signalr {

/// `/hubs/notifications` over HTTP (contract 7, signalr.md 1 to 7): negotiation, and the requests
/// that carry connections. A connection lives on the thread that negotiated it; what arrives on
/// another is handed there.
///
/// Lifetime: outlives its requests; Stop() is awaited before it goes.
/// Threads:  the I/O threads, each for its own requests.
class Endpoint {
 public:
  struct Options {
    HubTimes times;
    HubSizes sizes;
    HubChoice choice;
    TakePlace take_place;
    CheckPlace check_place;
    std::vector<std::string> trusted_proxies;
    hub::Presence* presence = nullptr;  ///< Outlives the endpoint;
    inbox::Inboxes* inboxes = nullptr;  ///< so does this.
  };

  /// All outlive the endpoint.
  Endpoint(async::Runtime& runtime, pipeline::Intake& intake, hub::Hub& hub, AuditSink& audit,
           telemetry::Metrics& metrics, Options options);
  ~Endpoint();

  /// `POST …/negotiate`: a new connection, not attached yet, and the transports.
  async::Task<void> Negotiate(Exchange& exchange, pipeline::Caller caller);
  /// Every other request: GET with an upgrade, for an event stream or a poll; POST; DELETE.
  async::Task<void> Serve(Exchange& exchange, pipeline::Caller caller);

  /// Ends all connections, and with them the polls that wait. Nothing begins any more.
  async::Task<void> EndConnections();
  /// Waits for the connections' own tasks; EndConnections first.
  async::Task<void> Stop();

 private:
  /// One request of a connection.
  struct Request;
  /// What a request found on its connection's thread.
  struct Found;

  async::Task<void> Get(Exchange& exchange, pipeline::Caller caller);
  async::Task<void> Post(Exchange& exchange, pipeline::Caller caller);
  async::Task<void> Delete(Exchange& exchange, pipeline::Caller caller);

  /// The negotiation that the request's `id` proves, or the answer that says why not.
  Result<Negotiation> ReadId(const Exchange& exchange, const pipeline::Caller& caller,
                             Response& refusal) const;
  /// What a WebSocket's upgrade asks for; false: it is refused.
  bool ReadUpgrade(const RequestHead& head, Request& request, Response& refusal) const;
  /// The connection of a request: the one that is there, or, where the request has a place, a new
  /// one.
  Found Claim(Lane& lane, Request& request);
  Found Begin(Lane& lane, Request& request);
  void AttachWebSocket(Lane& lane, const Found& found, Exchange::HandedOver handed,
                       std::string head);
  void AttachEventStream(Lane& lane, const Found& found, Exchange::HandedOver handed,
                         std::string head);
  async::Task<void> HandOver(Exchange& exchange, const Request& request, Lane& lane,
                             const Found& found);
  async::Task<void> Poll(Exchange& exchange, Lane& lane, const Found& found);
  std::string AddressOf(const Exchange& exchange) const;
  bool IsServed(::notify::signalr::Transport transport) const;
  Lane& LaneOf(const Negotiation& negotiation) const;

  Services services_;
  const ConnectionTokens tokens_;
  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace notify::agent::ingress::signalr
