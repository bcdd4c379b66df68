#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/flow/audit_sink.hpp"
#include "agent/ingress/http/exchange.hpp"
#include "agent/ingress/rest/call.hpp"
#include "agent/ingress/rest/kept_answers.hpp"
#include "agent/telemetry/metrics.hpp"

namespace notify::agent::ingress::rest {

/// Paths that are not in the route table: the hub, the gateway's routes, the page of `--dev`.
struct SpecialRoute {
  std::string name;  ///< For metrics, the audit and the log: a pattern, never the path.
  api::Access access = api::Access::kPublic;
  bool query_token = false;  ///< Whether `access_token` of the query counts here.
  /// Whether the route takes this request; asked after the tenant's prefix was taken off.
  std::function<bool(std::string_view method, std::string_view path)> matches;
  /// Answers, or fails where nothing was answered yet.
  std::function<async::Task<Status>(Exchange&, pipeline::Caller&)> serve;
};

/// From a request to its operation: correlation and trace, paths, authentication and tenant (by
/// Intake), the operation, errors as problem+json, metrics and the request's log line.
///
/// Lifetime: outlives the server.
/// Threads:  each I/O thread for its own requests; constant after construction.
class Dispatcher final : public HttpHandler, public Operations {
 public:
  /// `RateLimit-Policy` and `RateLimit` of a tenant as I/O thread `io` sees it; none without
  /// limits.
  using RateHeaders = std::function<std::vector<std::pair<std::string, std::string>>(
      std::size_t io, const TenantId& tenant)>;

  struct Options {
    std::vector<std::string> allowed_origins;  ///< Exact; for CORS.
    bool allow_localhost_origins = false;      ///< `--dev`: `http://localhost:*`.
    bool request_logging = true;
    std::string tenant_header = "X-Tenant";
    std::string tenant_path_prefix = "/t/";
    RateHeaders rate_headers;             ///< May be empty.
    KeptAnswers* kept_answers = nullptr;  ///< Null: an `Idempotency-Key` means nothing here.
  };

  /// All outlive the dispatcher.
  Dispatcher(pipeline::Intake& intake, AuditSink& audit, telemetry::Metrics& metrics,
             const Clock& clock, Random& random, Options options);

  void Add(std::string_view operation, Operation implementation) override;
  void Add(SpecialRoute route) { special_.push_back(std::move(route)); }

  /// Operations of the route table that nobody added; empty in a complete agent.
  std::vector<std::string> Missing() const;

  async::Task<void> Handle(Exchange& exchange) override;
  Response Malformed(const Error& error) override;

 private:
  struct Request;

  async::Task<void> RouteAndCount(Exchange& exchange, Request& request);
  async::Task<void> Route(Exchange& exchange, Request& request);
  async::Task<void> RunOperation(Exchange& exchange, Request& request, const api::Match& match);
  async::Task<void> Serve(Exchange& exchange, Request& request, const SpecialRoute& route);
  async::Task<Result<pipeline::Caller>> Admit(Exchange& exchange, Request& request,
                                              std::string_view operation, api::Access access,
                                              bool query_token);
  async::Task<void> Refuse(Exchange& exchange, Request& request, Error error);
  async::Task<void> Send(Exchange& exchange, Request& request, Response response);
  void Finish(Exchange& exchange, const Request& request);
  std::string_view WithoutTenant(std::string_view path) const;
  bool AllowsOrigin(std::string_view origin) const;

  pipeline::Intake& intake_;
  AuditSink& audit_;
  telemetry::Metrics& metrics_;
  const Clock& clock_;
  Random& random_;
  const Options options_;
  std::map<std::string, Operation, std::less<>> operations_;
  std::vector<SpecialRoute> special_;
};

}  // namespace notify::agent::ingress::rest
