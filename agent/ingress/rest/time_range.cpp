#include "agent/ingress/rest/time_range.hpp"

#include "common/model/rfc3339.hpp"
#include "common/units.hpp"

namespace notify::agent::ingress::rest {

Result<Clock::WallTime> ParseMoment(std::string_view text, Clock::WallTime now) {
  if (const auto time = ParseRfc3339(text)) return *time;
  if (const auto back = ParseDuration(text)) return now - *back;
  return Fail(Errc::kInvalidArgument,
              "'" + std::string(text.substr(0, 64)) +
                  "' is neither an RFC 3339 time (2026-06-30T12:00:00Z) nor a duration (1h).");
}

Result<TimeRange> TimeRangeOf(const Call& call, Clock::WallTime now) {
  TimeRange range;
  if (const auto text = call.head().Query("after")) {
    const auto after = Position::Parse(*text);
    if (!after) return after.error();
    range.after = *after;
  }
  const auto moment = [&](std::string_view name, std::string_view other,
                          std::optional<Clock::WallTime>& into) -> Status {
    auto text = call.head().Query(name);
    if (!text) text = call.head().Query(other);
    if (!text) return {};
    const auto time = ParseMoment(*text, now);
    if (!time) return time.error();
    into = *time;
    return {};
  };
  if (auto read = moment("since", "from", range.since); !read) return read.error();
  if (auto read = moment("until", "to", range.until); !read) return read.error();
  if (range.since && range.until && *range.until < *range.since) {
    return Fail(Errc::kInvalidArgument,
                "The range is negative: 'until' (" + FormatRfc3339(*range.until) +
                    ") lies before 'since' (" + FormatRfc3339(*range.since) + ").");
  }
  return range;
}

}  // namespace notify::agent::ingress::rest
