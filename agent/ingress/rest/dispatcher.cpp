#include "agent/ingress/rest/dispatcher.hpp"

#include <algorithm>
#include <utility>

#include "agent/ingress/http/cors.hpp"
#include "agent/ingress/rest/audit_note.hpp"
#include "agent/ingress/rest/helping_command.hpp"
#include "agent/telemetry/correlation_id.hpp"
#include "agent/telemetry/trace_context.hpp"
#include "common/http/problem.hpp"
#include "common/log.hpp"

namespace notify::agent::ingress::rest {
namespace {

/// Whether a path is one that is never normalised but refused (contract 5).
bool IsDeceptive(std::string_view path) {
  const auto has = [path](std::string_view part) {
    return path.find(part) != std::string_view::npos;
  };
  return path.empty() || path.front() != '/' || has("//") || has("/../") || has("/./") ||
         path.ends_with("/..") || path.ends_with("/.") || has("%2f") || has("%2F") || has("%5c") ||
         has("%5C") || has("%2e") || has("%2E") || has("\\");
}

/// One fixed word for what is no method of ours, so that nobody makes series of metrics.
std::string_view MetricMethod(std::string_view method) {
  return api::MethodFromName(method) || method == "OPTIONS" || method == "HEAD" ? method : "other";
}

}  // namespace

/// What the dispatcher knows of a request while it is served.
struct Dispatcher::Request {
  async::TenantContext context;
  std::string route = "unmatched";
  std::string origin;
  Clock::TimePoint begun;
  std::optional<TenantHandle> tenant;
  std::string actor;
  std::optional<Errc> refused;

  TenantId tenant_id() const { return tenant ? tenant->id() : TenantId(); }
};

Dispatcher::Dispatcher(pipeline::Intake& intake, AuditSink& audit, telemetry::Metrics& metrics,
                       const Clock& clock, Random& random, Options options)
    : intake_(intake),
      audit_(audit),
      metrics_(metrics),
      clock_(clock),
      random_(random),
      options_(std::move(options)) {}

void Dispatcher::Add(std::string_view operation, Operation implementation) {
  operations_.insert_or_assign(std::string(operation), std::move(implementation));
}

std::vector<std::string> Dispatcher::Missing() const {
  std::vector<std::string> missing;
  for (const api::Route& route : api::Routes()) {
    if (!operations_.contains(route.operation)) missing.emplace_back(route.operation);
  }
  return missing;
}

async::Task<void> Dispatcher::Handle(Exchange& exchange) {
  const RequestHead& head = exchange.head();
  Request request;
  request.begun = clock_.Now();
  request.context.correlation_id =
      telemetry::AcceptCorrelationId(head.Header("X-Correlation-Id").value_or(""), clock_, random_);
  request.context.Name({});
  request.context.traceparent =
      telemetry::TraceContext::Accept(head.Header("traceparent").value_or(""), random_, false)
          .Child(random_)
          .ToHeader();
  request.origin = head.Header("Origin").value_or("");
  async::Task<void> answering = RouteAndCount(exchange, request);
  co_await async::WithContext(request.context, std::move(answering));
}

async::Task<void> Dispatcher::RouteAndCount(Exchange& exchange, Request& request) {
  co_await Route(exchange, request);
  Finish(exchange, request);
}

async::Task<void> Dispatcher::Route(Exchange& exchange, Request& request) {
  const RequestHead& head = exchange.head();
  if (IsDeceptive(head.path)) {
    co_await Refuse(exchange, request,
                    Fail(Errc::kInvalidArgument,
                         "The path has '..', '//' or an encoded character "
                         "that would change its meaning."));
    co_return;
  }
  if (!request.origin.empty() && !AllowsOrigin(request.origin)) {
    co_await Refuse(exchange, request,
                    Fail(Errc::kOriginNotAllowed, "Pages of this origin may not call the agent.",
                         "Add the origin to http.cors.allowed_origins in notifyd.yaml."));
    co_return;
  }
  if (head.method == "OPTIONS") {
    Response preflight;
    preflight.status = 204;
    preflight.content_type.clear();
    preflight.headers = PreflightHeaders();
    co_await Send(exchange, request, std::move(preflight));
    co_return;
  }
  const std::string_view path = WithoutTenant(head.path);
  for (const SpecialRoute& route : special_) {
    if (route.matches(head.method, path)) {
      co_await Serve(exchange, request, route);
      co_return;
    }
  }
  const auto method = api::MethodFromName(head.method);
  const api::Match match = api::MatchRoute(method.value_or(api::Method::kGet), path);
  if (match.route != nullptr && method) {
    request.route = match.route->pattern;
    co_await RunOperation(exchange, request, match);
  } else if (!match.allow.empty()) {
    co_await Refuse(exchange, request,
                    Fail(Errc::kMethodNotAllowed, "This path takes " + match.allow + "."));
  } else {
    co_await Refuse(exchange, request,
                    Fail(Errc::kNotFound, "There is nothing at this path.",
                         "The paths are listed at /openapi.json."));
  }
}

async::Task<Result<pipeline::Caller>> Dispatcher::Admit(Exchange& exchange, Request& request,
                                                        std::string_view operation,
                                                        api::Access access, bool query_token) {
  const RequestHead& head = exchange.head();
  pipeline::IncomingRequest incoming;
  incoming.authorization = head.Header("Authorization");
  if (query_token && !incoming.authorization) incoming.access_token = head.Query("access_token");
  incoming.peer = &exchange.peer();
  for (const auto& [name, value] : head.headers) {
    if (SameHeader(name, options_.tenant_header))
      incoming.tenant_headers.push_back(value);
    else if (SameHeader(name, "X-Tenant"))
      incoming.x_tenant_headers.push_back(value);
  }
  if (SameHeader(options_.tenant_header, "X-Tenant")) {
    incoming.x_tenant_headers = incoming.tenant_headers;
  }
  incoming.forwarded_host = head.Header("X-Forwarded-Host").value_or("");
  incoming.host = head.Header("Host").value_or("");
  incoming.path = head.path;
  incoming.operation = operation;
  incoming.correlation_id = request.context.correlation_id;
  // A refusal counts for the tenant whose credential it was.
  std::optional<TenantHandle> proven;
  incoming.proven = &proven;
  auto caller = co_await intake_.Admit(exchange.io_index(), std::move(incoming), access);
  request.tenant = caller ? caller->tenant : std::move(proven);
  if (!caller) co_return caller.error();
  request.actor = caller->principal.actor();
  if (caller->tenant) request.context.Name(caller->tenant->id().text());
  co_return std::move(*caller);
}

async::Task<void> Dispatcher::RunOperation(Exchange& exchange, Request& request,
                                           const api::Match& match) {
  const auto found = operations_.find(match.route->operation);
  if (found == operations_.end()) {
    co_await Refuse(exchange, request,
                    Fail(Errc::kFeatureDisabled, "This part of the agent is off."));
    co_return;
  }
  const bool stream = match.route->operation == "streamEvents";
  auto caller =
      co_await Admit(exchange, request, match.route->operation, match.route->access, stream);
  if (!caller) {
    co_await Refuse(exchange, request, caller.error());
    co_return;
  }
  Call call{exchange, *caller, match.parameters, request.context.correlation_id};
  const bool keyed =
      options_.kept_answers != nullptr && KeptAnswers::Concerns(*match.route, exchange.head());
  async::Task<Result<Response>> answering =
      keyed ? options_.kept_answers->Serve(call, *match.route, found->second) : found->second(call);
  auto response = co_await answering;
  // An operation that took the stream over has answered already.
  if (exchange.status() != 0) co_return;
  if (!response) {
    const Errc code = response.error().code;
    // Intake audits whom it keeps out; what the operation itself forbids is seen here.
    if (!call.audited && (code == Errc::kForbidden || code == Errc::kTenantMismatch)) {
      Note(audit_, call, std::string(match.route->operation), std::string(exchange.head().path),
           response);
    }
    co_await Refuse(exchange, request, response.error());
  } else {
    co_await Send(exchange, request, std::move(*response));
  }
}

async::Task<void> Dispatcher::Serve(Exchange& exchange, Request& request,
                                    const SpecialRoute& route) {
  request.route = route.name;
  auto caller = co_await Admit(exchange, request, route.name, route.access, route.query_token);
  if (!caller) {
    co_await Refuse(exchange, request, caller.error());
    co_return;
  }
  auto served = co_await route.serve(exchange, *caller);
  if (!served && exchange.status() == 0) co_await Refuse(exchange, request, served.error());
}

async::Task<void> Dispatcher::Refuse(Exchange& exchange, Request& request, Error error) {
  NameHelpingCommand(error);
  request.refused = error.code;
  const ErrcInfo& info = Describe(error.code);
  Response response;
  response.status = info.http_status;
  response.content_type = std::string(http::kProblemContentType);
  response.body = http::ProblemJson(error, request.context.correlation_id);
  if (error.retry_after) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(*error.retry_after).count();
    response.headers.emplace_back("Retry-After", std::to_string(seconds));
  }
  if (response.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  co_await Send(exchange, request, std::move(response));
}

async::Task<void> Dispatcher::Send(Exchange& exchange, Request& request, Response response) {
  response.headers.emplace_back("X-Correlation-Id", request.context.correlation_id);
  if (request.tenant && options_.rate_headers) {
    for (auto& header : options_.rate_headers(exchange.io_index(), request.tenant->id())) {
      response.headers.push_back(std::move(header));
    }
  }
  if (!request.origin.empty() && AllowsOrigin(request.origin)) {
    for (auto& header : CorsHeaders(request.origin)) response.headers.push_back(std::move(header));
  }
  co_await exchange.Respond(std::move(response));
}

Response Dispatcher::Malformed(const Error& error) {
  metrics_.http_errors.For(error.code, TenantId()).Add();
  Response response;
  response.status = Describe(error.code).http_status;
  response.content_type = std::string(http::kProblemContentType);
  response.body = http::ProblemJson(error, "");
  return response;
}

void Dispatcher::Finish(Exchange& exchange, const Request& request) {
  const auto took = clock_.Now() - request.begun;
  const TenantId tenant = request.tenant_id();
  const std::string_view method = MetricMethod(exchange.head().method);
  metrics_.http_requests.For(request.route, method, exchange.status(), tenant).Add();
  metrics_.http_request_seconds.For(request.route).Observe(took);
  metrics_.bytes_in.For(tenant).Add(exchange.bytes_in());
  metrics_.bytes_out.For(tenant).Add(exchange.bytes_out());
  if (request.refused) {
    metrics_.http_errors.For(*request.refused, tenant).Add();
    if (exchange.status() == 401 || exchange.status() == 403 || exchange.status() == 429) {
      metrics_.refusals.For(*request.refused, tenant).Add();
    }
  }
  if (!options_.request_logging) return;
  const auto ms = std::chrono::duration<double, std::milli>(took).count();
  // The route, not the target: queries carry tokens.
  log::Info("{Method} {Route} {Status} in {ElapsedMs} ms", {{"Method", method},
                                                            {"Route", request.route},
                                                            {"Status", exchange.status()},
                                                            {"ElapsedMs", ms},
                                                            {"Actor", request.actor}});
}

std::string_view Dispatcher::WithoutTenant(std::string_view path) const {
  const std::string& prefix = options_.tenant_path_prefix;
  // A pattern without a word of its own would eat our own paths: those win.
  if (prefix.size() < 2 || !path.starts_with(prefix)) return path;
  const auto slash = path.find('/', prefix.size());
  return slash == std::string_view::npos ? path : path.substr(slash);
}

bool Dispatcher::AllowsOrigin(std::string_view origin) const {
  return IsAllowedOrigin(origin, options_.allowed_origins, options_.allow_localhost_origins);
}

}  // namespace notify::agent::ingress::rest
