#include "agent/ingress/sse/event_stream.hpp"

#include <utility>

#include "agent/async/run_on.hpp"
#include "agent/async/tenant_context.hpp"
#include "agent/ingress/http/client_address.hpp"
#include "agent/ingress/http/cors.hpp"
#include "agent/ingress/http/date.hpp"
#include "agent/ingress/sse/sse_connection.hpp"
#include "agent/ingress/sse/stream_request.hpp"
#include "common/http/problem.hpp"

namespace notify::agent::ingress::sse {
namespace {

Response Problem(const Error& error) {
  const auto* context = async::TenantContext::Current();
  Response response;
  response.status = Describe(error.code).http_status;
  response.content_type = http::kProblemContentType;
  response.body = http::ProblemJson(error, context != nullptr ? context->correlation_id : "");
  return response;
}

std::vector<std::pair<std::string, std::string>> CorsOf(const RequestHead& head) {
  const auto origin = head.Header("Origin");
  return origin ? CorsHeaders(*origin) : decltype(CorsHeaders({}))();
}

async::Task<void> Refuse(Exchange& exchange, Error error) {
  Response response = Problem(error);
  response.headers = CorsOf(exchange.head());
  co_await exchange.Respond(std::move(response));
}

std::string ProgramOf(const RequestHead& head) {
  constexpr std::size_t kMost = 200;
  return std::string(head.Header("User-Agent").value_or("")).substr(0, kMost);
}

std::string StreamHead(const RequestHead& head, Clock::WallTime now) {
  auto headers = CorsOf(head);
  headers.emplace_back("Cache-Control", "no-cache, no-store");
  headers.emplace_back("X-Accel-Buffering", "no");
  headers.emplace_back("Date", HttpDate(now));
  std::string out;
  AppendResponseHead(out, 200, "text/event-stream", headers, std::nullopt, false);
  return out + "retry: 2000\n\n";
}

}  // namespace

EventStream::EventStream(async::Runtime& runtime, hub::Hub& hub, telemetry::Metrics& metrics,
                         Options options)
    : runtime_(runtime), hub_(hub), metrics_(metrics), options_(std::move(options)) {
  for (std::size_t i = 0; i < runtime.io_threads(); ++i) {
    tickers_.push_back(std::make_unique<Ticker>(runtime.io(i)));
  }
}

EventStream::~EventStream() = default;

async::Task<void> EventStream::Serve(Exchange& exchange, pipeline::Caller caller) {
  if (!caller.tenant) {
    Error error = Fail(Errc::kTenantRequired,
                       "A stream is of one tenant, and the request names none.", "Send X-Tenant.");
    co_await Refuse(exchange, std::move(error));
    co_return;
  }
  auto request = ReadStreamRequest(exchange.head());
  if (!request) {
    co_await Refuse(exchange, request.error());
    co_return;
  }
  const TenantHandle tenant = *caller.tenant;
  auto taken = exchange.TakeStream(200);
  SseConnection::Origin origin{
      caller.principal, ClientAddress(exchange.head(), exchange.peer(), options_.trusted_proxies),
      ProgramOf(exchange.head())};
  const auto connection =
      std::make_shared<SseConnection>(hub_.shard(exchange.io_index()), metrics_, tenant,
                                      std::move(origin), options_, taken.stream, exchange.io());
  connection->outbox().Add(StreamHead(exchange.head(), runtime_.clock().WallNow()));
  Ticker& ticker = *tickers_[exchange.io_index()];
  ticker.Add(connection);
  co_await connection->Run(std::move(request->filter), request->after);
  ticker.Remove(*connection);
}

async::Task<void> EventStream::Stop() {
  for (std::size_t i = 0; i < tickers_.size(); ++i) {
    const auto stop = [&] { tickers_[i]->Stop(); };
    async::CallOn stopping(runtime_.io(i).executor(), stop);
    co_await stopping;
  }
}

}  // namespace notify::agent::ingress::sse
