#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/flow/tenant_record.hpp"

namespace notify::agent::tenant {

/// The keys of a tenant's `config` that say what its users' inboxes keep:
/// `notifications.inbox.retention` (`90d`), `notifications.inbox.max_items`.
std::vector<std::string> InboxKeys();

/// Reads one of them into `settings`; `null` brings the default back. What the value must be, where
/// it is not. `name` is one of InboxKeys.
std::optional<std::string> ReadInbox(std::string_view name, const nlohmann::json& value,
                                     InboxSettings& settings);

/// Adds all of them to `config`, null where nothing is set. ReadInbox reads them back.
void WriteInbox(const InboxSettings& settings, nlohmann::json& config);

}  // namespace notify::agent::tenant
