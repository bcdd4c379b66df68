#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/flow/tenant_record.hpp"

namespace notify::agent::tenant {

/// The keys of a tenant's `config` that say how long its events stay: `retention.max_age` (`8d`),
/// `retention.keep_bytes` and `retention.max_bytes` (`10GiB`, or a number), `retention.max_events`,
/// `retention.legal_hold` (why).
std::vector<std::string> RetentionKeys();

/// Reads one of them into `settings`; `null` brings the default back. What the value must be, where
/// it is not. `name` is one of RetentionKeys.
std::optional<std::string> ReadRetention(std::string_view name, const nlohmann::json& value,
                                         RetentionSettings& settings);

/// Adds all of them to `config`, null where nothing is set. ReadRetention reads them back.
void WriteRetention(const RetentionSettings& settings, nlohmann::json& config);

}  // namespace notify::agent::tenant
