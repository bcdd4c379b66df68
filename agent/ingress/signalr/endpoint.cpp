#include "agent/ingress/signalr/endpoint.hpp"

#include <algorithm>
#include <utility>

#include "agent/async/run_on.hpp"
#include "agent/async/tenant_context.hpp"
#include "agent/ingress/http/client_address.hpp"
#include "agent/ingress/signalr/answers.hpp"
#include "agent/ingress/signalr/event_stream_transport.hpp"
#include "agent/ingress/signalr/long_poll_transport.hpp"
#include "agent/ingress/signalr/web_socket_transport.hpp"
#include "common/websocket/deflate_offer.hpp"
#include "common/websocket/handshake.hpp"

namespace notify::agent::ingress::signalr {
namespace {

using TransportKind = ::notify::signalr::Transport;

/// Hub bytes of a connection that are taken and not handled; beyond, a POST waits.
constexpr std::size_t kMostInput = 64 << 10;

constexpr std::string_view kNoConnection = "No Connection with that ID";
constexpr std::string_view kIdRequired = "Connection ID required";

std::string Joined(const RequestHead& head, std::string_view name) {
  std::string value;
  for (const auto& [key, each] : head.headers) {
    if (!SameHeader(key, name)) continue;
    if (!value.empty()) value += ',';
    value += each;
  }
  return value;
}

Error TenantRequired() {
  return Fail(
      Errc::kTenantRequired, "A hub connection belongs to a tenant, and the request names none.",
      "Send X-Tenant, or a token of the tenant: notifyctl token create --tenant T --user U");
}

std::string NegotiateJson(const ::notify::signalr::NegotiateAnswer& answer) {
  std::string json;
  AppendNegotiateAnswer(json, answer);
  return json;
}

std::string UserAgent(const RequestHead& head) {
  constexpr std::size_t kMost = 200;
  const auto own = head.Header("X-SignalR-User-Agent");
  return std::string(own ? *own : head.Header("User-Agent").value_or("")).substr(0, kMost);
}

/// As the reference server decides (signalr.md 1).
TransportKind TransportOf(const RequestHead& head) {
  if (Joined(head, "Accept").find("text/event-stream") != std::string::npos) {
    return TransportKind::kServerSentEvents;
  }
  return websocket::HasToken(Joined(head, "Upgrade"), "websocket") ? TransportKind::kWebSockets
                                                                   : TransportKind::kLongPolling;
}

websocket::UpgradeAnswer CheckUpgrade(const RequestHead& head) {
  const std::string connection = Joined(head, "Connection");
  const std::string upgrade = Joined(head, "Upgrade");
  websocket::UpgradeRequest request;
  request.method = head.method;
  request.http_1_1 = head.http_1_1;
  request.connection = connection;
  request.upgrade = upgrade;
  request.sec_websocket_key = head.Header("Sec-WebSocket-Key").value_or("");
  request.sec_websocket_version = head.Header("Sec-WebSocket-Version").value_or("");
  return websocket::AnswerUpgrade(request);
}

async::Task<void> Answer(Exchange& exchange, Response response) {
  response = WithCors(exchange, std::move(response));
  co_await exchange.Respond(std::move(response));
}

Services MakeServices(async::Runtime& runtime, pipeline::Intake& intake, hub::Hub& hub,
                      AuditSink& audit, telemetry::Metrics& metrics, Endpoint::Options options) {
  websocket::ReaderOptions reader;
  // Clients put several hub messages into one frame.
  reader.max_message_bytes = reader.max_frame_bytes =
      std::max<std::uint64_t>(1U << 20, options.sizes.max_message_bytes * 4);
  ::notify::signalr::HubLimits limits;
  limits.max_message_bytes = options.sizes.max_message_bytes;
  limits.max_depth = options.sizes.max_depth;
  websocket::ReaderOptions deflate_reader = reader;
  deflate_reader.rsv1_allowed = true;
  return Services{runtime,
                  intake,
                  hub,
                  audit,
                  metrics,
                  options.times,
                  options.sizes,
                  options.choice,
                  std::move(options.take_place),
                  std::move(options.check_place),
                  std::move(options.trusted_proxies),
                  Protocols(limits),
                  reader,
                  deflate_reader,
                  options.presence,
                  options.inboxes};
}

/// Runs `call` on the lane's thread.
template <typename Call, typename R = std::invoke_result_t<Call&>>
async::Task<R> On(Lane& lane, const Exchange& exchange, Call& call) {
  if (exchange.io_index() == lane.index) co_return call();
  async::CallOn there(lane.io.executor(), [&call] { return call(); });
  co_return co_await there;
}

async::Task<void> Handle(std::shared_ptr<HubConnection> connection) {
  co_await connection->Process();
}

/// Gives what a POST brought to its connection; waits while it is far behind.
async::Task<void> Receive(Lane& lane, std::shared_ptr<HubConnection> connection, std::string body) {
  connection->Take(body);
  body = {};
  // The answer does not wait for the calls: one of them may wait for what the client sends next.
  if (connection->HasInput()) lane.tasks.Spawn(Handle(connection));
  while (connection->input_bytes() > kMostInput && !connection->closing()) {
    co_await lane.io.timers().Sleep(std::chrono::milliseconds(20));
  }
}

async::Task<LongPollTransport::Answer> PollOf(std::shared_ptr<Transport> transport) {
  co_return co_await static_cast<LongPollTransport&>(*transport).Poll();
}

}  // namespace

struct Endpoint::Request {
  TransportKind transport;
  Negotiation negotiation;
  const pipeline::Caller& caller;
  std::string address;
  std::string user_agent;
  std::string accept;      ///< Of a WebSocket: what its answer says,
  std::string extensions;  ///< and what both sides agreed to.
  Place place;             ///< Taken for a new connection.
};

struct Endpoint::Found {
  // Shared with the table; null: refused.
  std::shared_ptr<HubConnection> connection;
  // Of a long-polling connection.
  std::shared_ptr<Transport> transport;
  bool begun = false;        ///< By this request.
  bool wants_place = false;  ///< It needs a new connection, and has no place for it.
  Response refusal;

  static Found Refused(int status, std::string_view text) {
    Found found;
    found.refusal = Plain(status, std::string(text));
    return found;
  }
};

Endpoint::Endpoint(async::Runtime& runtime, pipeline::Intake& intake, hub::Hub& hub,
                   AuditSink& audit, telemetry::Metrics& metrics, Options options)
    : services_(MakeServices(runtime, intake, hub, audit, metrics, std::move(options))),
      tokens_(runtime.random()) {
  for (std::size_t i = 0; i < runtime.io_threads(); ++i) {
    lanes_.push_back(std::make_unique<Lane>(runtime.io(i), i));
  }
}

Endpoint::~Endpoint() = default;

Lane& Endpoint::LaneOf(const Negotiation& negotiation) const {
  return *lanes_[negotiation.owner % lanes_.size()];
}

std::string Endpoint::AddressOf(const Exchange& exchange) const {
  return ClientAddress(exchange.head(), exchange.peer(), services_.trusted_proxies);
}

bool Endpoint::IsServed(TransportKind transport) const {
  switch (transport) {
    case TransportKind::kWebSockets:
      return services_.choice.web_sockets;
    case TransportKind::kServerSentEvents:
      return services_.choice.server_sent_events;
    case TransportKind::kLongPolling:
      return services_.choice.long_polling;
  }
  return false;
}

async::Task<void> Endpoint::Negotiate(Exchange& exchange, pipeline::Caller caller) {
  if (exchange.head().method != "POST") {
    co_await Answer(exchange, Plain(405, "Method Not Allowed"));
    co_return;
  }
  if (!caller.tenant) {
    co_await Answer(exchange, Problem(TenantRequired()));
    co_return;
  }
  Response response;
  const auto version =
      ::notify::signalr::NegotiateVersion(exchange.head().Query("negotiateVersion"));
  if (!version) {
    response.body = NegotiateJson(::notify::signalr::NegotiateError{version.error().detail});
    co_await Answer(exchange, std::move(response));
    co_return;
  }
  if (services_.check_place) {
    const auto room =
        co_await services_.check_place(exchange.io_index(), caller, AddressOf(exchange));
    if (!room) {
      co_await Answer(exchange, Problem(room.error()));
      co_return;
    }
  }
  Negotiation negotiation;
  negotiation.connection_id = tokens_.NewConnectionId();
  negotiation.owner = exchange.io_index();
  negotiation.stateful = services_.choice.stateful_reconnect && services_.choice.web_sockets &&
                         exchange.head().Query("useStatefulReconnect") == "true";
  negotiation.expires = services_.runtime.clock().Now() + services_.times.disconnect_timeout;
  std::string token =
      tokens_.Make(negotiation, caller.tenant->id().text(), caller.principal.actor());
  ::notify::signalr::NegotiateResponse answer;
  answer.negotiate_version = *version;
  answer.connection_id = *version == 0 ? token : negotiation.connection_id;
  if (*version > 0) answer.connection_token = std::move(token);
  answer.use_stateful_reconnect = negotiation.stateful;
  for (const auto& [transport, binary] : {std::pair(TransportKind::kWebSockets, true),
                                          std::pair(TransportKind::kServerSentEvents, false),
                                          std::pair(TransportKind::kLongPolling, true)}) {
    if (IsServed(transport)) answer.transports.push_back({transport, binary});
  }
  response.body = NegotiateJson(answer);
  co_await Answer(exchange, std::move(response));
}

async::Task<void> Endpoint::Serve(Exchange& exchange, pipeline::Caller caller) {
  const std::string_view method = exchange.head().method;
  if (!caller.tenant) {
    co_await Answer(exchange, Problem(TenantRequired()));
  } else if (method == "GET") {
    co_await Get(exchange, std::move(caller));
  } else if (method == "POST") {
    co_await Post(exchange, std::move(caller));
  } else if (method == "DELETE") {
    co_await Delete(exchange, std::move(caller));
  } else {
    co_await Answer(exchange, Plain(405, "Method Not Allowed"));
  }
}

Result<Negotiation> Endpoint::ReadId(const Exchange& exchange, const pipeline::Caller& caller,
                                     Response& refusal) const {
  const auto id = exchange.head().Query("id");
  if (!id || id->empty()) {
    refusal = Plain(400, std::string(kIdRequired));
    return Fail(Errc::kInvalidArgument, std::string(kIdRequired));
  }
  auto negotiation = tokens_.Read(*id, caller.tenant->id().text(), caller.principal.actor());
  if (!negotiation) {
    refusal = Plain(404, std::string(kNoConnection));
    return Fail(Errc::kNotFound, std::string(kNoConnection));
  }
  return std::move(*negotiation);
}

async::Task<void> Endpoint::Get(Exchange& exchange, pipeline::Caller caller) {
  const RequestHead& head = exchange.head();
  Request request{TransportOf(head), {}, caller, AddressOf(exchange), UserAgent(head), {}, {}, {}};
  if (!IsServed(request.transport)) {
    co_await Answer(exchange, Plain(404, "This transport is not served here."));
    co_return;
  }
  const bool web_socket = request.transport == TransportKind::kWebSockets;
  Response refusal;
  if (web_socket && !ReadUpgrade(head, request, refusal)) {
    co_await Answer(exchange, std::move(refusal));
    co_return;
  }
  if (auto negotiation = ReadId(exchange, caller, refusal)) {
    request.negotiation = std::move(*negotiation);
  } else if (web_socket && refusal.status == 400) {
    // skipNegotiation: the connection begins with its WebSocket.
    request.negotiation = tokens_.OnTheSpot(exchange.io_index());
  } else {
    co_await Answer(exchange, std::move(refusal));
    co_return;
  }
  Lane& lane = LaneOf(request.negotiation);
  const auto claim = [&] { return Claim(lane, request); };
  Found found = co_await On(lane, exchange, claim);
  if (found.wants_place) {
    auto place = co_await services_.take_place(exchange.io_index(), caller, request.address);
    if (!place) {
      co_await Answer(exchange, Problem(place.error()));
      co_return;
    }
    request.place = std::move(*place);
    found = co_await On(lane, exchange, claim);
  }
  if (!found.connection) {
    co_await Answer(exchange, std::move(found.refusal));
  } else if (request.transport == TransportKind::kLongPolling) {
    co_await Poll(exchange, lane, found);
  } else {
    co_await HandOver(exchange, request, lane, found);
  }
}

bool Endpoint::ReadUpgrade(const RequestHead& head, Request& request, Response& refusal) const {
  auto upgrade = CheckUpgrade(head);
  if (upgrade.status != 101) {
    refusal = Plain(upgrade.status, std::string(upgrade.detail));
    if (upgrade.status == 426) refusal.headers.emplace_back("Sec-WebSocket-Version", "13");
    return false;
  }
  request.accept = std::move(upgrade.accept);
  auto deflate = websocket::AnswerDeflateOffer(Joined(head, "Sec-WebSocket-Extensions"));
  if (deflate.kind == websocket::DeflateAnswer::Kind::kMalformed) {
    refusal = Plain(400, "The header Sec-WebSocket-Extensions cannot be read.");
    return false;
  }
  if (services_.choice.compression) request.extensions = std::move(deflate.header);
  return true;
}

Endpoint::Found Endpoint::Claim(Lane& lane, Request& request) {
  const Negotiation& negotiation = request.negotiation;
  if (lane.closed) return Found::Refused(503, "The agent is shutting down.");
  auto connection = lane.connections.Find(negotiation.key);
  if (!connection) {
    const bool on_the_spot = negotiation.expires == Clock::TimePoint{};
    const bool expired = !on_the_spot && lane.io.timers().clock().Now() >= negotiation.expires;
    if (expired || lane.connections.WasUsed(negotiation.key)) {
      return Found::Refused(404, kNoConnection);
    }
    return Begin(lane, request);
  }
  if (connection->closing() && request.transport != TransportKind::kLongPolling) {
    return Found::Refused(404, kNoConnection);
  }
  if (connection->origin().transport != request.transport) {
    return Found::Refused(400, "Cannot change transports mid-connection");
  }
  Found found;
  if (request.transport == TransportKind::kLongPolling) {
    found.transport = connection->transport();
    if (!found.transport) return Found::Refused(404, kNoConnection);
  } else if (!connection->stateful()) {
    return Found::Refused(409, "Cannot start another request on an active connection.");
  }
  connection->Renew(request.caller.principal);
  found.connection = std::move(connection);
  return found;
}

Endpoint::Found Endpoint::Begin(Lane& lane, Request& request) {
  if (services_.take_place && !request.place) {
    Found found;
    found.wants_place = true;
    return found;
  }
  Origin origin{request.negotiation, request.transport,  false,
                request.address,     request.user_agent, {}};
  // What is kept for the next WebSocket must suit it, whatever that one agrees to.
  origin.deflate = !request.extensions.empty() && !request.negotiation.stateful;
  if (const auto* context = async::TenantContext::Current()) {
    origin.correlation_id = context->correlation_id;
  }
  Found found;
  found.connection =
      std::make_shared<HubConnection>(services_, lane, request.caller, *request.caller.tenant,
                                      std::move(origin), std::move(request.place));
  found.begun = true;
  lane.connections.Add(request.negotiation.key, found.connection);
  lane.ticker.Add(found.connection);
  if (request.transport == TransportKind::kLongPolling) {
    found.transport = std::make_shared<LongPollTransport>(*found.connection);
    found.connection->Attach(found.transport);
  }
  return found;
}

async::Task<void> Endpoint::HandOver(Exchange& exchange, const Request& request, Lane& lane,
                                     const Found& found) {
  const bool web_socket = request.transport == TransportKind::kWebSockets;
  std::string head =
      web_socket ? WebSocketHead(request.accept,
                                 found.connection->origin().deflate ? request.extensions : "")
                 : EventStreamHead(exchange, services_.runtime.clock().WallNow());
  auto handed = exchange.HandOver(web_socket ? 101 : 200);
  const auto attach = [&] {
    if (exchange.io_index() != lane.index) handed.stream = lane.io.Adopt(std::move(handed.stream));
    if (web_socket) {
      AttachWebSocket(lane, found, std::move(handed), std::move(head));
    } else {
      AttachEventStream(lane, found, std::move(handed), std::move(head));
    }
  };
  co_await On(lane, exchange, attach);
}

void Endpoint::AttachWebSocket(Lane& lane, const Found& found, Exchange::HandedOver handed,
                               std::string head) {
  auto transport = std::make_shared<WebSocketTransport>(found.connection, std::move(handed.stream),
                                                        std::move(handed.place));
  lane.tasks.Spawn(
      WebSocketTransport::Run(std::move(transport), std::move(head), std::move(handed.early)));
}

void Endpoint::AttachEventStream(Lane& lane, const Found& found, Exchange::HandedOver handed,
                                 std::string head) {
  auto transport = std::make_shared<EventStreamTransport>(
      found.connection, std::move(handed.stream), std::move(handed.place));
  lane.tasks.Spawn(EventStreamTransport::Run(std::move(transport), std::move(head)));
}

async::Task<void> Endpoint::Poll(Exchange& exchange, Lane& lane, const Found& found) {
  if (found.begun) {
    // The first poll only begins the connection; with 204 the stock client would crash.
    co_await Answer(exchange, PollAnswer(200, {}));
    co_return;
  }
  async::RunOn polling(lane.io.executor(), PollOf(found.transport));
  auto polled = co_await polling;
  Response response = PollAnswer(polled.over ? 204 : 200, std::move(polled.body));
  if (!response.body.empty()) {
    // What was in it is gone: the client must come again and resume.
    response.not_written = [connection = found.connection, &lane] {
      lane.io.executor().Post([connection] { connection->Cut(); });
    };
    // The kernel would take it for a client that has gone.
    if (exchange.PeerLeft()) response.not_written();
  }
  co_await Answer(exchange, std::move(response));
}

async::Task<void> Endpoint::Post(Exchange& exchange, pipeline::Caller caller) {
  Response refusal;
  const auto negotiation = ReadId(exchange, caller, refusal);
  if (!negotiation) {
    co_await Answer(exchange, std::move(refusal));
    co_return;
  }
  Lane& lane = LaneOf(*negotiation);
  const auto find = [&] { return lane.connections.Find(negotiation->key); };
  const std::shared_ptr<HubConnection> connection = co_await On(lane, exchange, find);
  if (!connection || connection->closing()) {
    co_await Answer(exchange, Plain(404, std::string(kNoConnection)));
    co_return;
  }
  if (connection->origin().transport == TransportKind::kWebSockets) {
    co_await Answer(exchange,
                    Plain(405, "POST requests are not allowed for WebSocket connections."));
    co_return;
  }
  auto body = co_await exchange.ReadBody(services_.reader.max_message_bytes);
  if (!body) {
    co_await Answer(exchange, Problem(body.error()));
    co_return;
  }
  async::RunOn receiving(lane.io.executor(), Receive(lane, connection, std::move(*body)));
  co_await receiving;
  co_await Answer(exchange, Plain(200, {}));
}

async::Task<void> Endpoint::Delete(Exchange& exchange, pipeline::Caller caller) {
  Response answer;
  if (const auto negotiation = ReadId(exchange, caller, answer)) {
    Lane& lane = LaneOf(*negotiation);
    const auto end = [&] {
      const auto connection = lane.connections.Find(negotiation->key);
      if (!connection) return Plain(404, std::string(kNoConnection));
      if (connection->origin().transport != TransportKind::kLongPolling) {
        return Plain(400, "Cannot terminate this connection using the DELETE endpoint.");
      }
      const auto transport = connection->transport();
      if (transport) static_cast<LongPollTransport&>(*transport).Delete();
      return Plain(202, {});
    };
    answer = co_await On(lane, exchange, end);
  }
  co_await Answer(exchange, std::move(answer));
}

async::Task<void> Endpoint::EndConnections() {
  for (const auto& lane : lanes_) {
    const auto end = [&] {
      lane->closed = true;
      lane->connections.ForEach([](HubConnection& connection) { connection.Cut(); });
    };
    async::CallOn ending(lane->io.executor(), end);
    co_await ending;
  }
}

async::Task<void> Endpoint::Stop() {
  for (const auto& lane : lanes_) {
    const auto stop = [&] { lane->ticker.Stop(); };
    async::CallOn stopping(lane->io.executor(), stop);
    co_await stopping;
    async::RunOn ending(lane->io.executor(), lane->tasks.Stop());
    co_await ending;
  }
}

}  // namespace notify::agent::ingress::signalr
