#include "agent/ingress/rest/agent_operations.hpp"

#include <memory>
#include <utility>

#include "agent/telemetry/exposition.hpp"
#include "agent/telemetry/process_stats.hpp"

namespace notify::agent::ingress::rest {
namespace {

class AgentItself {
 public:
  AgentItself(AgentControls controls, telemetry::Metrics& metrics, std::string openapi)
      : controls_(std::move(controls)), metrics_(metrics), openapi_(std::move(openapi)) {}

  async::Task<Result<Response>> Health(Call&) { co_return Json("{\"status\":\"ok\"}"); }

  async::Task<Result<Response>> Readiness(Call&) {
    if (controls_.ready()) co_return Json("{\"status\":\"ready\"}");
    Error error = Fail(Errc::kUnavailable, "The agent is starting or draining.");
    error.retry_after = std::chrono::seconds(1);
    co_return error;
  }

  async::Task<Result<Response>> Metrics(Call& call) {
    if (!controls_.metrics_on) {
      co_return Fail(Errc::kFeatureDisabled, "Analytics are switched off.",
                     "Set analytics.enabled and advanced.analytics.enabled to true.");
    }
    // Names of tenants are in it: outside this machine it takes the platform's credential.
    if (!call.exchange.peer().loopback && !call.caller.principal.Is(Role::kPlatformAdmin)) {
      co_return Fail(Errc::kUnauthenticated,
                     "Metrics are for this machine and the platform's admins.",
                     "Send the platform's key: Authorization: Bearer $(cat DIR/admin.key)");
    }
    std::optional<telemetry::ProcessStats> process;
    if (auto stats = telemetry::ReadProcessStats()) process = *stats;
    Response response;
    response.content_type = std::string(telemetry::kExpositionContentType);
    response.body = telemetry::Exposition(metrics_, process);
    co_return response;
  }

  async::Task<Result<Response>> OpenApi(Call&) { co_return Json(openapi_); }
  async::Task<Result<Response>> GetStatus(Call&) { co_return Json(controls_.status_json()); }

  async::Task<Result<Response>> Drain(Call&) {
    controls_.drain();
    co_return Json("{\"status\":\"draining\"}", 202);
  }

  async::Task<Result<Response>> Reload(Call&) {
    auto reloaded = co_await controls_.reload();
    if (!reloaded) co_return reloaded.error();
    co_return Json("{\"reloaded\":true}");
  }

 private:
  const AgentControls controls_;
  telemetry::Metrics& metrics_;
  const std::string openapi_;
};

}  // namespace

void AddAgentOperations(Operations& operations, AgentControls controls, telemetry::Metrics& metrics,
                        std::string openapi) {
  // Shared by the operations, which live as long as the server.
  auto agent = std::make_shared<AgentItself>(std::move(controls), metrics, std::move(openapi));
  operations.Add("getHealth", [agent](Call& call) { return agent->Health(call); });
  operations.Add("getReadiness", [agent](Call& call) { return agent->Readiness(call); });
  operations.Add("getPrometheusMetrics", [agent](Call& call) { return agent->Metrics(call); });
  operations.Add("getOpenApi", [agent](Call& call) { return agent->OpenApi(call); });
  operations.Add("getAgentStatus", [agent](Call& call) { return agent->GetStatus(call); });
  operations.Add("drainAgent", [agent](Call& call) { return agent->Drain(call); });
  operations.Add("reloadAgent", [agent](Call& call) { return agent->Reload(call); });
}

}  // namespace notify::agent::ingress::rest
