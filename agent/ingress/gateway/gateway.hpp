#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/async/runtime.hpp"
#include "agent/async/task_group.hpp"
#include "agent/flow/audit_sink.hpp"
#include "agent/ingress/gateway/event_emitter.hpp"
#include "agent/ingress/gateway/upstream_client.hpp"
#include "agent/ingress/http/exchange.hpp"
#include "agent/pipeline/intake.hpp"
#include "agent/telemetry/metrics.hpp"
#include "common/config/agent_config.hpp"

namespace notify::agent::ingress {

struct GatewayOptions {
  std::uint64_t max_body_bytes = 8 << 20;  ///< Of a request.
  std::string tenant_header = "X-Tenant";  ///< The header that names tenants; never passed on.
  bool emit = true;                        ///< False: passes requests on and makes no events.
  /// How long an answer waits for its event to be durable.
  Clock::Duration hold = std::chrono::milliseconds(100);
};

/// Stands in front of upstream services and makes an event of what they answer (contract 6): the
/// caller's request goes up, the answer passes back unchanged, and before that the event is durable
/// or 100 ms have passed.
///
/// A route answers every method of its path; `on.method` says which of them gives an event.
///
/// Lifetime: Stop() is awaited before it goes, after the server's own Stop().
/// Threads:  Serve on the exchange's I/O thread; the rest any.
class Gateway {
 public:
  /// `routes` have passed CheckRoutes. All references outlive the gateway.
  Gateway(async::Runtime& runtime, pipeline::Intake& intake, telemetry::Metrics& metrics,
          AuditSink& audit, std::vector<RouteConfig> routes, GatewayOptions options);
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  /// Whether a request with this path (without a tenant in it) is one of ours, whatever its method.
  bool Matches(std::string_view path) const;

  /// The route of a request: the one for its method where the path has several. Null: none.
  const RouteConfig* Find(std::string_view method, std::string_view path) const;

  /// Passes a request of an admitted caller on and answers it. An error where nothing was answered,
  /// for the caller to answer: kTenantRequired, the quota's refusals, those of ReadBody,
  /// kUpstreamUnreachable (502), kUpstreamTimeout (504). `caller` and `exchange` outlive the task.
  async::Task<Status> Serve(Exchange& exchange, const pipeline::Caller& caller);

  /// Cuts what waits for an upstream and refuses what comes: before the server's Stop().
  async::Task<void> CloseUpstreams();
  /// Waits for the events that follow their answers. No Serve may run or come any more.
  async::Task<void> Stop();

 private:
  struct Lane;
  struct Passing;

  async::Task<Status> AskUpstream(Passing& passing);
  async::Task<Status> ReadInspected(Passing& passing);
  async::Task<void> EmitEvent(Passing& passing);
  async::Task<void> Answer(Passing& passing);
  async::Task<void> StreamAnswer(Passing& passing);

  async::Runtime& runtime_;
  pipeline::Intake& intake_;
  telemetry::Metrics& metrics_;
  EventEmitter emitter_;
  const std::vector<RouteConfig> routes_;
  const GatewayOptions options_;
  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace notify::agent::ingress
