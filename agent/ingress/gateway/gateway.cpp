#include "agent/ingress/gateway/gateway.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "agent/async/run_on.hpp"
#include "agent/ingress/gateway/forwarding.hpp"
#include "agent/ingress/gateway/route_check.hpp"
#include "agent/telemetry/trace_context.hpp"
#include "common/log.hpp"

namespace notify::agent::ingress {
namespace {

// A client that takes nothing for so long has gone.
constexpr Clock::Duration kSendLimit = std::chrono::seconds(60);

/// Writes all of `bytes` to a client, or closes the stream.
async::Task<bool> Send(async::IoThread& io, async::Stream& stream, std::string_view bytes) {
  const auto limit = io.timers().After(kSendLimit, [&stream] { stream.Close(); });
  const auto sent = co_await async::WriteAll(stream, bytes);
  io.timers().Cancel(limit);
  co_return sent.has_value();
}

void AppendChunk(std::string& out, std::string_view bytes) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), bytes.size(), 16);
  out.append(digits.data(), end.ptr);
  out += "\r\n";
  out += bytes;
  out += "\r\n";
}

}  // namespace

/// What one I/O thread has of its own.
struct Gateway::Lane {
  explicit Lane(async::IoThread& thread) : io(thread), client(thread), group(thread.executor()) {}
  async::IoThread& io;
  UpstreamClient client;
  async::TaskGroup group;
};

/// One request on its way through.
struct Gateway::Passing {
  Exchange& exchange;
  const pipeline::Caller& caller;
  const RouteConfig& route;
  Lane& lane;
  async::TenantContext context;
  std::optional<Admission> admission;  // There where the answer may give an event.
  std::string request_body;
  std::unique_ptr<UpstreamClient::Answer> answer;
  std::string body;  // What has come of the answer's.
  bool whole = false;
};

Gateway::Gateway(async::Runtime& runtime, pipeline::Intake& intake, telemetry::Metrics& metrics,
                 AuditSink& audit, std::vector<RouteConfig> routes, GatewayOptions options)
    : runtime_(runtime),
      intake_(intake),
      metrics_(metrics),
      emitter_(intake, metrics, audit),
      routes_(std::move(routes)),
      options_(std::move(options)) {
  for (std::size_t i = 0; i < runtime.io_threads(); ++i) {
    lanes_.push_back(std::make_unique<Lane>(runtime.io(i)));
  }
}

Gateway::~Gateway() = default;

bool Gateway::Matches(std::string_view path) const {
  return std::ranges::any_of(routes_, [&](const auto& route) { return route.path == path; });
}

const RouteConfig* Gateway::Find(std::string_view method, std::string_view path) const {
  const RouteConfig* any = nullptr;
  for (const auto& route : routes_) {
    if (route.path != path) continue;
    if (route.on.method == method) return &route;
    if (any == nullptr) any = &route;
  }
  return any;
}

async::Task<Status> Gateway::Serve(Exchange& exchange, const pipeline::Caller& caller) {
  const RequestHead& head = exchange.head();
  const RouteConfig* route = Find(head.method, caller.path);
  if (route == nullptr) co_return Fail(Errc::kNotFound, "No route of the gateway has this path.");
  if (!caller.tenant) {
    co_return Fail(Errc::kTenantRequired, "The gateway passes requests of a tenant on.",
                   "Send X-Tenant, or use a key of the tenant.");
  }
  Passing passing{exchange, caller, *route, *lanes_[exchange.io_index()], {}, {}, {}, {}, {}};
  if (const auto* current = async::TenantContext::Current()) passing.context = *current;
  if (options_.emit && head.method == route->on.method) {
    auto admission = co_await intake_.Reserve(exchange.io_index(), caller);
    if (!admission) co_return admission.error();
    passing.admission.emplace(std::move(*admission));
  }
  auto body = co_await exchange.ReadBody(options_.max_body_bytes);
  if (!body) co_return body.error();
  passing.request_body = std::move(*body);

  auto asked = co_await AskUpstream(passing);
  if (asked) asked = co_await ReadInspected(passing);
  const int status =
      asked ? (*passing.answer)->head().status : Describe(asked.error().code).http_status;
  metrics_.gateway_requests.For(route->path, status, caller.tenant->id()).Add();
  if (!asked) {
    log::Warning("The gateway route {Route} has no answer: {Detail}",
                 {{"Route", route->path}, {"Detail", asked.error().detail}});
    co_return asked;
  }
  if (passing.admission && status == static_cast<int>(route->on.status)) {
    co_await EmitEvent(passing);
  }
  co_await Answer(passing);
  co_return Status();
}

async::Task<Status> Gateway::AskUpstream(Passing& passing) {
  const RequestHead& head = passing.exchange.head();
  auto endpoint = UpstreamEndpoint(passing.route);
  if (!endpoint) co_return endpoint.error();
  const auto trace =
      telemetry::TraceContext::Accept(passing.context.traceparent, runtime_.random(), false);
  const std::string traceparent = trace.ToHeader();
  const std::string authority = endpoint->ToString();
  Forwarded forwarded;
  forwarded.path = passing.route.path;
  forwarded.authority = authority;
  forwarded.tenant = passing.caller.tenant->id().text();
  forwarded.tenant_header = options_.tenant_header;
  forwarded.correlation_id = passing.context.correlation_id;
  forwarded.traceparent = traceparent;
  forwarded.body_size = passing.request_body.size();
  forwarded.inspected = passing.admission.has_value();
  const std::string request_head = UpstreamRequestHead(head, forwarded);
  UpstreamRequest request;
  request.to = *endpoint;
  request.head = request_head;
  request.body = passing.request_body;
  request.bodyless = head.method == "HEAD";
  request.safe = request.bodyless || head.method == "GET";
  request.connect_timeout = passing.route.connect_timeout;
  request.timeout = passing.route.timeout;
  auto answer = co_await passing.lane.client.Send(request);
  if (!answer) co_return answer.error();
  passing.answer = std::move(*answer);
  co_return Status();
}

async::Task<Status> Gateway::ReadInspected(Passing& passing) {
  // One byte more tells a cut answer from one that is just as long.
  while (passing.body.size() <= kInspectedBytes) {
    const auto more = co_await (*passing.answer)->ReadMore(passing.body);
    if (!more) co_return more.error();
    if (!*more) {
      passing.whole = true;
      break;
    }
  }
  co_return Status();
}

async::Task<void> Gateway::EmitEvent(Passing& passing) {
  const RequestHead& head = passing.exchange.head();
  const auto& headers = (*passing.answer)->head().headers;
  AnsweredRequest answered{passing.route};
  answered.request_body = passing.request_body;
  answered.answer_type = HeaderOf(headers, "content-type");
  answered.answer = std::string_view(passing.body).substr(0, kInspectedBytes);
  answered.cut = !passing.whole || passing.body.size() > kInspectedBytes;
  answered.tenant = passing.caller.tenant->id().text();
  answered.correlation_id = passing.context.correlation_id;
  answered.idempotency_key = head.Header("Idempotency-Key").value_or("");
  answered.answered_at = runtime_.clock().WallNow();
  EmitRequest request{passing.exchange.io_index(), passing.caller, std::move(*passing.admission),
                      passing.context, passing.exchange.peer().address};
  co_await emitter_.Emit(passing.lane.io, passing.lane.group, std::move(request), answered,
                         options_.hold);
}

async::Task<void> Gateway::Answer(Passing& passing) {
  const UpstreamHead& head = (*passing.answer)->head();
  // What has a length without a body cannot be said by a Response, which knows its body.
  const bool bodyless = passing.exchange.head().method == "HEAD" || head.status == 304;
  if (!passing.whole || bodyless) {
    co_await StreamAnswer(passing);
    co_return;
  }
  Response response;
  response.status = head.status;
  response.content_type.clear();  // It is among the headers, where it stood.
  response.headers = PassedBack(head.headers);
  response.body = std::move(passing.body);
  passing.answer.reset();  // The connection is free for the next request.
  co_await passing.exchange.Respond(std::move(response));
}

async::Task<void> Gateway::StreamAnswer(Passing& passing) {
  const UpstreamHead& head = (*passing.answer)->head();
  const bool chunked = !head.content_length && !passing.whole;
  HeaderList headers = PassedBack(head.headers);
  if (chunked) headers.emplace_back("Transfer-Encoding", "chunked");
  const auto taken = passing.exchange.TakeStream(head.status);
  std::string out;
  AppendResponseHead(out, head.status, {}, headers, head.content_length, false);
  bool more = true;
  while (more) {
    if (chunked && !passing.body.empty()) AppendChunk(out, passing.body);
    if (!chunked) out += passing.body;
    passing.body.clear();
    if (!co_await Send(passing.lane.io, taken.stream, out)) co_return;
    out.clear();
    const auto read = co_await (*passing.answer)->ReadMore(passing.body);
    if (!read) {
      // Closed without its end, so that nobody takes it for whole.
      taken.stream.Close();
      co_return;
    }
    more = *read;
  }
  if (chunked) co_await Send(passing.lane.io, taken.stream, "0\r\n\r\n");
}

async::Task<void> Gateway::CloseUpstreams() {
  for (const auto& lane : lanes_) {
    co_await async::CallOn(lane->io.executor(), [&lane] { lane->client.Close(); });
  }
}

async::Task<void> Gateway::Stop() {
  co_await CloseUpstreams();
  for (const auto& lane : lanes_) {
    co_await async::RunOn(lane->io.executor(), lane->group.Stop());
  }
}

}  // namespace notify::agent::ingress
