#include "agent/ingress/signalr/endpoint.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "agent/async/run_on.hpp"
#include "agent/async/tenant_context.hpp"
#include "agent/ingress/http/cors.hpp"
#include "common/http/problem.hpp"
#include "common/signalr/negotiate.hpp"
#include "common/websocket/handshake.hpp"

namespace notify::agent::ingress::signalr {
namespace {

constexpr std::size_t kReadBytes = 64 << 10;

std::string Joined(const RequestHead& head, std::string_view name) {
  std::string value;
  for (const auto& [key, each] : head.headers) {
    if (!SameHeader(key, name)) continue;
    if (!value.empty()) value += ',';
    value += each;
  }
  return value;
}

Response WithCors(Exchange& exchange, Response response) {
  if (const auto origin = exchange.head().Header("Origin")) {
    for (auto& header : CorsHeaders(*origin)) response.headers.push_back(std::move(header));
  }
  return response;
}

Response Plain(int status, std::string text) {
  Response response;
  response.status = status;
  response.content_type = "text/plain";
  response.body = std::move(text);
  return response;
}

Response Problem(const Error& error) {
  const auto* context = async::TenantContext::Current();
  Response response;
  response.status = Describe(error.code).http_status;
  response.content_type = http::kProblemContentType;
  response.body = http::ProblemJson(error, context != nullptr ? context->correlation_id : "");
  return response;
}

Error TenantRequired() {
  return Fail(
      Errc::kTenantRequired, "A hub connection belongs to a tenant, and the request names none.",
      "Send X-Tenant, or a token of the tenant: notifyctl token create --tenant T --user U");
}

std::string NegotiateJson(::notify::signalr::NegotiateAnswer answer) {
  std::string json;
  AppendNegotiateAnswer(json, answer);
  return json;
}

Services MakeServices(async::Runtime& runtime, pipeline::Intake& intake, hub::Hub& hub,
                      AuditSink& audit, telemetry::Metrics& metrics, HubTimes times,
                      HubSizes sizes) {
  websocket::ReaderOptions reader;
  // Clients put several hub messages into one frame.
  reader.max_message_bytes = reader.max_frame_bytes =
      std::max<std::uint64_t>(1U << 20, sizes.max_message_bytes * 4);
  ::notify::signalr::HubLimits limits;
  limits.max_message_bytes = sizes.max_message_bytes;
  return Services{runtime, intake, hub,   audit,
                  metrics, times,  sizes, ::notify::signalr::JsonHubProtocol(limits),
                  reader};
}

}  // namespace

struct Endpoint::Lane {
  explicit Lane(async::IoThread& io) : ticker(io), buffer(kReadBytes, '\0') {}

  Ticker ticker;
  std::string buffer;  // What a connection reads into between two waits; shared by all of them.
  // Tokens of this thread's negotiations that were used: true while the connection is there. Kept
  // until the token itself has expired.
  struct Use {
    bool open = true;
    Clock::TimePoint expires;
  };
  std::map<std::string, Use, std::less<>> used;
};

Endpoint::Endpoint(async::Runtime& runtime, pipeline::Intake& intake, hub::Hub& hub,
                   AuditSink& audit, telemetry::Metrics& metrics, HubTimes times, HubSizes sizes)
    : services_(MakeServices(runtime, intake, hub, audit, metrics, times, sizes)),
      tokens_(runtime.random()) {
  for (std::size_t i = 0; i < runtime.io_threads(); ++i) {
    lanes_.push_back(std::make_unique<Lane>(runtime.io(i)));
  }
}

Endpoint::~Endpoint() = default;

async::Task<void> Endpoint::Negotiate(Exchange& exchange, pipeline::Caller caller) {
  if (!caller.tenant) {
    Response refusal = WithCors(exchange, Problem(TenantRequired()));
    co_await exchange.Respond(std::move(refusal));
    co_return;
  }
  Response response;
  const auto parameter = exchange.head().Query("negotiateVersion");
  const auto version = ::notify::signalr::NegotiateVersion(parameter);
  if (!version) {
    response.body = NegotiateJson(::notify::signalr::NegotiateError{version.error().detail});
    response = WithCors(exchange, std::move(response));
    co_await exchange.Respond(std::move(response));
    co_return;
  }
  Negotiation negotiation;
  negotiation.connection_id = tokens_.NewConnectionId();
  negotiation.owner = exchange.io_index();
  negotiation.expires = services_.runtime.clock().Now() + services_.times.negotiate_timeout;
  std::string token =
      tokens_.Make(negotiation, caller.tenant->id().text(), caller.principal.actor());
  ::notify::signalr::NegotiateResponse answer;
  answer.negotiate_version = *version;
  answer.connection_id = *version == 0 ? token : negotiation.connection_id;
  if (*version > 0) answer.connection_token = std::move(token);
  // Server-sent events and long polling are named here when they are served.
  answer.transports = {{::notify::signalr::Transport::kWebSockets, false}};
  response.body = NegotiateJson(std::move(answer));
  response = WithCors(exchange, std::move(response));
  co_await exchange.Respond(std::move(response));
}

async::Task<void> Endpoint::Connect(Exchange& exchange, pipeline::Caller caller) {
  if (!caller.tenant) {
    Response refusal = WithCors(exchange, Problem(TenantRequired()));
    co_await exchange.Respond(std::move(refusal));
    co_return;
  }
  const RequestHead& head = exchange.head();
  const std::string connection = Joined(head, "Connection");
  const std::string upgrade = Joined(head, "Upgrade");
  websocket::UpgradeRequest request;
  request.method = head.method;
  request.connection = connection;
  request.upgrade = upgrade;
  request.sec_websocket_key = head.Header("Sec-WebSocket-Key").value_or("");
  request.sec_websocket_version = head.Header("Sec-WebSocket-Version").value_or("");
  if (!websocket::AsksForWebSocket(request)) {
    Response refusal =
        WithCors(exchange, Plain(404, "This transport is not served; use WebSockets."));
    co_await exchange.Respond(std::move(refusal));
    co_return;
  }
  auto answer = websocket::AnswerUpgrade(request);
  if (answer.status != 101) {
    Response refusal = Plain(answer.status, std::string(answer.detail));
    if (answer.status == 426) refusal.headers.emplace_back("Sec-WebSocket-Version", "13");
    refusal = WithCors(exchange, std::move(refusal));
    co_await exchange.Respond(std::move(refusal));
    co_return;
  }
  const auto id = head.Query("id");
  if (!id || id->empty()) {
    // skipNegotiation: the connection is made on the spot.
    co_await Upgrade(exchange, std::move(caller), tokens_.NewConnectionId(), answer.accept);
    co_return;
  }
  const auto negotiation = tokens_.Read(*id, caller.tenant->id().text(), caller.principal.actor(),
                                        services_.runtime.clock().Now());
  Claim claim = Claim::kOver;
  if (negotiation) claim = co_await ClaimToken(*id, *negotiation);
  if (claim != Claim::kNew) {
    Response refusal = Plain(404, "No Connection with that ID");
    if (claim == Claim::kInUse) {
      refusal = Plain(409, "Cannot start another request on an active connection.");
    }
    refusal = WithCors(exchange, std::move(refusal));
    co_await exchange.Respond(std::move(refusal));
    co_return;
  }
  co_await Upgrade(exchange, std::move(caller), negotiation->connection_id, answer.accept);
  co_await ReleaseToken(*id, negotiation->owner);
}

async::Task<void> Endpoint::Upgrade(Exchange& exchange, pipeline::Caller caller,
                                    std::string connection_id, std::string accept) {
  Lane& lane = *lanes_[exchange.io_index()];
  Origin origin;
  origin.io = exchange.io_index();
  origin.connection_id = std::move(connection_id);
  origin.address = exchange.peer().address;
  if (const auto* context = async::TenantContext::Current()) {
    origin.correlation_id = context->correlation_id;
  }
  auto taken = exchange.TakeStream(101);
  std::string head;
  AppendResponseHead(
      head, 101, {},
      {{"Upgrade", "websocket"}, {"Connection", "Upgrade"}, {"Sec-WebSocket-Accept", accept}},
      std::nullopt, true);
  const TenantHandle tenant = *caller.tenant;
  const auto connection = std::make_shared<HubConnection>(
      services_, std::move(caller), tenant, std::move(origin), taken.stream, exchange.io());
  connection->outbox().Add(std::move(head));
  connection->Send();
  lane.ticker.Add(connection);
  co_await connection->Run(std::move(taken.early), std::span(lane.buffer));
  lane.ticker.Remove(connection);
}

async::Task<Endpoint::Claim> Endpoint::ClaimToken(std::string token, Negotiation negotiation) {
  Lane& lane = *lanes_[negotiation.owner % lanes_.size()];
  const Clock::TimePoint now = services_.runtime.clock().Now();
  const auto claim = [&] {
    std::erase_if(lane.used, [now](const auto& each) {
      return !each.second.open && each.second.expires <= now;
    });
    const auto [place, added] = lane.used.try_emplace(token, Lane::Use{true, negotiation.expires});
    if (added) return Claim::kNew;
    return place->second.open ? Claim::kInUse : Claim::kOver;
  };
  async::CallOn claiming(services_.runtime.io(negotiation.owner % lanes_.size()).executor(), claim);
  co_return co_await claiming;
}

async::Task<void> Endpoint::ReleaseToken(std::string token, std::size_t owner) {
  Lane& lane = *lanes_[owner % lanes_.size()];
  const auto release = [&] {
    const auto place = lane.used.find(token);
    if (place != lane.used.end()) place->second.open = false;
  };
  async::CallOn releasing(services_.runtime.io(owner % lanes_.size()).executor(), release);
  co_await releasing;
}

async::Task<void> Endpoint::Stop() {
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    const auto stop = [&] { lanes_[i]->ticker.Stop(); };
    async::CallOn stopping(services_.runtime.io(i).executor(), stop);
    co_await stopping;
  }
}

}  // namespace notify::agent::ingress::signalr
