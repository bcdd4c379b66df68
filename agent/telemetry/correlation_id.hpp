#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/clock.hpp"
#include "common/random.hpp"

namespace notify::agent::telemetry {

inline constexpr std::size_t kMaxCorrelationIdLength = 128;

/// Whether a caller's id may go into logs, events and headers as it is: 1 to 128 characters of
/// `A-Z a-z 0-9 . _ : -`.
bool IsCorrelationId(std::string_view text);

/// The caller's `X-Correlation-Id` where it is one, otherwise a new UUIDv7.
std::string AcceptCorrelationId(std::string_view header, const Clock& clock, Random& random);

}  // namespace notify::agent::telemetry
