#pragma once

#include <string>
#include <string_view>

#include "common/clock.hpp"
#include "common/result.hpp"

namespace notify::cli {

/// When something shall happen, as flags say it; at most one of `at` and `in`.
struct When {
  std::string
      at;  ///< RFC 3339, or local time of `zone`: `2026-06-30T09:00`, `2026-06-30 09:00:00`.
  std::string zone;  ///< `Europe/Berlin`: a name of the IANA time zone database.
  std::string in;    ///< A duration from now: `10m`.

  bool empty() const { return at.empty() && zone.empty() && in.empty(); }
};

/// The moment as RFC 3339 in UTC.
///
/// kUsage  both or neither of `at` and `in`; a time without offset and zone, or with both; no such
///         time or zone; a local time that the clocks skip, or show twice.
Result<std::string> ResolveWhen(const When& when, Clock::WallTime now);

}  // namespace notify::cli
