#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/result.hpp"

namespace notify {

/// A length of time as people write it: whole numbers with units, largest first, as in `15s`,
/// `500ms`, `1h30m`, `7d`. Units: `ns us ms s m h d`. Never negative; at most 100 years; `0` needs
/// no unit. kInvalidArgument otherwise.
Result<std::chrono::nanoseconds> ParseDuration(std::string_view text);

/// The shortest text that ParseDuration reads back as the same duration: `15s`, `1h30m`, `0s`.
/// `value` is not negative.
std::string FormatDuration(std::chrono::nanoseconds value);

/// A number of bytes as people write it: `8MiB`, `320KiB`, `10MB`, `4096`. Units: `B`, `KiB MiB GiB
/// TiB` (powers of 1024), `kB KB MB GB TB` (powers of 1000). kInvalidArgument otherwise, also past
/// 2^63-1.
Result<std::uint64_t> ParseSize(std::string_view text);

/// The shortest text that ParseSize reads back as the same number: `8MiB`, `1500B`.
std::string FormatSize(std::uint64_t bytes);

}  // namespace notify
