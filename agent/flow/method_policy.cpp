#include "agent/flow/method_policy.hpp"

#include <algorithm>

namespace notify::agent {

MethodPolicy Narrowed(const MethodPolicy& a, const MethodPolicy& b) {
  MethodPolicy both;
  both.enabled = a.enabled && b.enabled;
  both.roles = a.roles && b.roles ? a.roles->And(*b.roles) : a.roles ? a.roles : b.roles;
  both.per_connection = Narrowed(a.per_connection, b.per_connection);
  both.per_user = Narrowed(a.per_user, b.per_user);
  return both;
}

MethodPolicy PolicyOf(const MethodPolicies& policies, HubMethod method) {
  const auto found = std::ranges::find(policies, method, &MethodPolicies::value_type::first);
  return found == policies.end() ? MethodPolicy{} : found->second;
}

}  // namespace notify::agent
