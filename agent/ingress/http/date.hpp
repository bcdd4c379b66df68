#pragma once

#include <string>

#include "common/clock.hpp"

namespace notify::agent::ingress {

/// A time as the `Date` header has it (RFC 9110 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
/// Threads: any.
std::string HttpDate(Clock::WallTime time);

}  // namespace notify::agent::ingress
