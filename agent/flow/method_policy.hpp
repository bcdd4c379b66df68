#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "agent/flow/roles.hpp"
#include "common/hub_method.hpp"
#include "common/pace.hpp"

namespace notify::agent {

/// What is taken away from the callers of one hub method. It never gives: who may call a method at
/// all is in the method's own table (contract 5).
struct MethodPolicy {
  bool enabled = true;
  std::optional<RoleSet> roles;  ///< Those that still may; nothing: all.
  PaceLimit per_connection;
  PaceLimit per_user;
  bool operator==(const MethodPolicy&) const = default;
};

/// Policies by method, each method once; one that is not there has none.
using MethodPolicies = std::vector<std::pair<HubMethod, MethodPolicy>>;

/// What both leave.
MethodPolicy Narrowed(const MethodPolicy& a, const MethodPolicy& b);
/// The policy of a method.
MethodPolicy PolicyOf(const MethodPolicies& policies, HubMethod method);

}  // namespace notify::agent
