#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/replay/pace.hpp"
#include "agent/replay/selection.hpp"
#include "common/clock.hpp"
#include "common/result.hpp"
#include "common/secret.hpp"

namespace notify::agent::replay {

/// Where replayed events go.
struct Target {
  enum class Kind : std::uint8_t {
    kNone,          ///< Nowhere but into the log, with `fireTriggers`.
    kSubscription,  ///< One subscription of a hub connection.
    kUser,          ///< All connections of a user.
    kTenant,        ///< The log of a tenant.
    kUrl,           ///< A webhook.
  };
  Kind kind = Kind::kNone;
  std::string name;  ///< Subscription, user, tenant or URL.
  Secret secret;     ///< `whsec_…` of a webhook; never printed.

  bool is_live() const { return kind == Kind::kSubscription || kind == Kind::kUser; }
};

/// `user alice`, for people and the audit.
std::string TargetText(const Target& target);

/// What a caller asks for.
///
/// Threads:  any, as a value.
struct Request {
  Selection selection;
  Target target;
  bool fire_triggers = false;
  std::optional<double> rate;  ///< Events a second, above 0.
  std::string speed;           ///< `original`, `10x`, `max`, or empty.
  bool plan = false;           ///< Only say what it would be.
  bool attended = false;       ///< Interrupted when nobody asks after it any more.

  /// Whether events are stored: in the target's log, or in their own for its triggers.
  bool stores() const { return fire_triggers || target.kind == Target::Kind::kTenant; }
  /// Neither rate nor speed: kDefaultRate.
  PaceLimits pace() const;
  static constexpr double kDefaultRate = 1000;
};

/// Reads the body of `POST /api/events/replay` (docs/replay.md). Durations count back from `now`.
///
/// kInvalidJson      not a JSON object.
/// kInvalidArgument  with a pointer for each mistake; unknown members are mistakes.
Result<Request> ParseRequest(std::string_view body, Clock::WallTime now);

/// The request as ParseStoredRequest reads it, with absolute times and without its secret.
std::string RequestJson(const Request& request);
/// What RequestJson wrote; a webhook's secret is kept elsewhere.
Result<Request> ParseStoredRequest(std::string_view body);

}  // namespace notify::agent::replay
