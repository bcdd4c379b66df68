#include "agent/app/hub_rules.hpp"

#include <cstddef>

namespace notify::agent::app {
namespace {

MethodPolicy PolicyOf(const HubMethodConfig& method) {
  MethodPolicy policy;
  policy.enabled = method.enabled;
  policy.per_connection = method.per_connection;
  policy.per_user = method.per_user;
  if (!method.roles) return policy;
  policy.roles.emplace();
  for (const std::string& name : *method.roles) {
    if (const auto role = RoleFromName(name)) policy.roles->Add(*role);
  }
  return policy;
}

}  // namespace

ingress::signalr::HubRules HubRulesOf(const AgentConfig& config) {
  ingress::signalr::HubRules rules;
  rules.per_connection = config.hub.invocations.per_connection;
  rules.per_user = config.hub.invocations.per_user;
  for (const HubMethodConfig& method : config.hub.methods) {
    rules.methods.at(static_cast<std::size_t>(method.name)) = PolicyOf(method);
  }
  rules.parallel = config.hub.parallel_invocations;
  rules.audit_all = config.audit.invocations == AuditedInvocations::kAll;
  return rules;
}

}  // namespace notify::agent::app
