#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/flow/tenant_record.hpp"
#include "common/result.hpp"

namespace notify::agent::tenant {

/// What a request says about a tenant; nothing: it stays as it is, or becomes the default.
struct TenantChange {
  std::optional<std::string> name;
  std::optional<std::string> tier;
  std::optional<std::vector<std::string>> hosts;  ///< Lower case.
  std::optional<TenantSettings> settings;
  std::optional<TenantLimits> limits;
};

/// The body of a request to create a tenant.
struct TenantDraft {
  TenantId id;
  TenantChange fields;
};

/// Reads `{id, name?, tier?, hosts?, config?, limits?}`. Threads: any.
///
/// kInvalidJson      not one JSON object.
/// kTenantInvalid    the id is outside the grammar.
/// kInvalidArgument  anything else; `errors` has each mistake, an unknown key with the nearest one.
Result<TenantDraft> ParseTenantDraft(std::string_view json);

/// Reads `{name?, tier?, hosts?, config?, limits?}`. Within `config` and `limits` the keys that are
/// given are replaced in `now`, and `null` brings the default back. Errors as above.
Result<TenantChange> ParseTenantChange(std::string_view json, const TenantRecord& now);

/// The settings as JSON: `{"notifications.broadcast": […], "notifications.subscribable": […] or
/// null, "hub.payload": "envelope"}`.
std::string ConfigJson(const TenantSettings& settings);
/// `{"eventsPerSecond": 100, …}`, null where there is no limit.
std::string LimitsJson(const TenantLimits& limits);
std::string HostsJson(const std::vector<std::string>& hosts);

/// Reads back what the three wrote, for platform.db. Keys that are not known are passed over, so
/// that a step back to an older agent is possible.
TenantSettings SettingsFromJson(std::string_view json);
TenantLimits LimitsFromJson(std::string_view json);
std::vector<std::string> HostsFromJson(std::string_view json);

/// The tenant as the API shows it, one JSON object: `{id, name, state, tier, createdAt, epoch,
/// hosts, config, limits}`. No key is in it.
std::string TenantJson(const TenantRecord& tenant);

}  // namespace notify::agent::tenant
