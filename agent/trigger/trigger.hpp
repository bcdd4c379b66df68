#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/flow/audience.hpp"
#include "agent/flow/condition.hpp"
#include "common/result.hpp"

namespace notify::agent::trigger {

/// A rule: which event starts which notification, for whom (docs/http_api.md).
struct Trigger {
  std::string id;
  std::string on;  ///< A type, a prefix as in `fx.*`, or `*`.
  std::vector<Condition> when;
  std::string template_id;
  std::vector<std::string> channels;
  Audience audience;
  std::string priority = "medium";
  bool enabled = true;
  std::int64_t version = 0;  ///< From 1; the store counts it.
  std::int64_t created_ms = 0;
  std::int64_t updated_ms = 0;  ///< When this version began.
};

/// Reads a rule from a request's body. `id` is the path's, or empty where the body may name it (and
/// `Trigger::id` may stay empty). `version` and the times are accepted and ignored.
///
/// kInvalidJson      not a JSON object.
/// kInvalidArgument  with a pointer for each mistake; unknown members are mistakes.
Result<Trigger> ParseTrigger(std::string_view json, std::string_view id);

/// The rule as the API shows it: without its secret.
std::string TriggerJson(const Trigger& trigger);

/// Whether `text` can name a rule: `[a-z0-9][a-z0-9._-]{0,63}`.
bool IsTriggerId(std::string_view text);

}  // namespace notify::agent::trigger
