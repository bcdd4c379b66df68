#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "agent/flow/method_policy.hpp"
#include "common/result.hpp"

namespace notify::agent::tenant {

/// Reads `hub.methods` of a tenant's `config`: `{"Broadcast": {"enabled", "roles", "perConnection":
/// {"rate", "burst"}, "perUser": {…}}}`. What is wrong is added to `errors` under its JSON Pointer;
/// `pointer` is where `value` stands.
MethodPolicies ReadMethods(const nlohmann::json& value, const std::string& pointer,
                           std::vector<FieldError>& errors);

/// What ReadMethods reads back as the same.
nlohmann::json MethodsJson(const MethodPolicies& methods);

}  // namespace notify::agent::tenant
