#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/clock.hpp"

namespace notify {

/// Whether `text` is a time of RFC 3339 5.6, with its offset. Cheap: nothing is converted.
bool IsRfc3339(std::string_view text);

/// The moment that `text` names; nothing where it is no RFC 3339 time.
std::optional<Clock::WallTime> ParseRfc3339(std::string_view text);

/// UTC with milliseconds: `2026-06-30T12:34:56.789Z`.
std::string FormatRfc3339(Clock::WallTime time);

/// The same from Unix milliseconds, appended.
void AppendRfc3339(std::string& out, std::int64_t unix_ms);

}  // namespace notify
