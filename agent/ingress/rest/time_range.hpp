#pragma once

#include <optional>
#include <string_view>

#include "agent/ingress/rest/call.hpp"
#include "common/clock.hpp"
#include "common/ids.hpp"

namespace notify::agent::ingress::rest {

/// `after`, `since` (`from`), `until` (`to`) of a query (contract 3).
struct TimeRange {
  std::optional<Position> after;
  std::optional<Clock::WallTime> since;  ///< Inclusive.
  std::optional<Clock::WallTime> until;  ///< Exclusive.
};

/// An RFC 3339 time, or a duration back from now (`1h`). kInvalidArgument otherwise.
Result<Clock::WallTime> ParseMoment(std::string_view text, Clock::WallTime now);

/// Reads the range from the query. kInvalidArgument names the parameter.
Result<TimeRange> TimeRangeOf(const Call& call, Clock::WallTime now);

}  // namespace notify::agent::ingress::rest
