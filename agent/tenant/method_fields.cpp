#include "agent/tenant/method_fields.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "common/config/nearest.hpp"
#include "common/model/json_pointer.hpp"
#include "common/model/object_reader.hpp"

namespace notify::agent::tenant {
namespace {

using Json = nlohmann::json;

constexpr std::array kRoles = {Role::kSubscriber, Role::kViewer, Role::kPublisher,
                               Role::kTenantAdmin, Role::kPlatformAdmin};

/// The members of one method's policy.
class PolicyReading {
 public:
  PolicyReading(const Json& value, std::string pointer, std::vector<FieldError>& errors)
      : reader_(value, std::move(pointer), errors), errors_(errors) {}

  MethodPolicy Read() {
    MethodPolicy policy;
    policy.enabled = reader_.Flag("enabled", true);
    if (const Json* roles = reader_.Optional("roles")) policy.roles = Roles(*roles);
    if (const Json* limit = reader_.Optional("perConnection")) {
      policy.per_connection = Limit(*limit, "perConnection");
    }
    if (const Json* limit = reader_.Optional("perUser")) policy.per_user = Limit(*limit, "perUser");
    reader_.RefuseOthers();
    return policy;
  }

 private:
  RoleSet Roles(const Json& list) {
    RoleSet roles;
    bool known = list.is_array() && !list.empty();
    for (const Json& item : list) {
      const auto* word = item.get_ptr<const std::string*>();
      const auto role = word == nullptr ? std::nullopt : RoleFromName(*word);
      known = known && role;
      if (role) roles.Add(*role);
    }
    if (!known) {
      reader_.Refuse("roles",
                     "must be a list of roles: subscriber, viewer, publisher, tenant-admin, "
                     "platform-admin; enabled: false takes the method from all");
    }
    return roles;
  }

  PaceLimit Limit(const Json& value, std::string_view name) {
    ObjectReader members(value, reader_.PointerTo(name), errors_);
    PaceLimit limit;
    if (const Json* rate = members.Required("rate")) {
      const auto* text = rate->get_ptr<const std::string*>();
      if (text != nullptr) limit.pace = Pace::Parse(*text);
      if (!limit.pace) {
        members.Refuse("rate", "must be a count in an interval up to 1h, as in 100/1s");
      }
    }
    if (const Json* burst = members.Optional("burst")) {
      if (burst->is_number_unsigned() && *burst >= 1 && *burst <= Pace::kMostCount) {
        limit.burst = burst->get<std::uint32_t>();
      } else {
        members.Refuse("burst",
                       "must be a whole number from 1 to " + std::to_string(Pace::kMostCount));
      }
    }
    members.RefuseOthers();
    return limit;
  }

  ObjectReader reader_;
  std::vector<FieldError>& errors_;
};

void AddLimit(Json& policy, const char* name, const PaceLimit& limit) {
  if (!limit.pace) return;
  policy[name] = {{"rate", limit.pace->ToString()}};
  if (limit.burst) policy[name]["burst"] = *limit.burst;
}

}  // namespace

MethodPolicies ReadMethods(const Json& value, const std::string& pointer,
                           std::vector<FieldError>& errors) {
  MethodPolicies methods;
  if (!value.is_object()) {
    errors.push_back({.pointer = pointer, .detail = "must be a JSON object of hub methods"});
    return methods;
  }
  for (const auto& [name, policy] : value.items()) {
    const std::string at = pointer + "/" + PointerToken(name);
    if (const auto method = HubMethodFromName(name)) {
      methods.emplace_back(*method, PolicyReading(policy, at, errors).Read());
      continue;
    }
    const auto nearest = NearestWord(name, HubMethodNames());
    errors.push_back({.pointer = at,
                      .detail = nearest ? "is not a hub method; did you mean " + *nearest + "?"
                                        : "is not a hub method"});
  }
  return methods;
}

Json MethodsJson(const MethodPolicies& methods) {
  Json json = Json::object();
  for (const auto& [method, policy] : methods) {
    Json& shown = json[std::string(HubMethodName(method))];
    shown["enabled"] = policy.enabled;
    if (policy.roles) {
      shown["roles"] = Json::array();
      for (const Role role : kRoles) {
        if (policy.roles->Has(role)) shown["roles"].push_back(RoleName(role));
      }
    }
    AddLimit(shown, "perConnection", policy.per_connection);
    AddLimit(shown, "perUser", policy.per_user);
  }
  return json;
}

}  // namespace notify::agent::tenant
