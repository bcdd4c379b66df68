#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "agent/trigger/trigger.hpp"

namespace notify::agent::trigger {

/// Whether a rule applies to an event, and why or why not, in one sentence.
struct MatchResult {
  bool matched = false;
  std::string reason;
};

/// Whether a rule's `on` covers a type. The agent's own `notification.` and `delivery.` events are
/// covered by their exact name only, so that no rule starts itself by accident.
bool CoversType(std::string_view on, std::string_view type);

/// Decides by the rule and the envelope alone; pure.
MatchResult Match(const Trigger& trigger, const nlohmann::json& envelope);

}  // namespace notify::agent::trigger
