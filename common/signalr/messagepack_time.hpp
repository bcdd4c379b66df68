#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace notify::signalr::messagepack {

/// The type of the extension that holds a time.
inline constexpr int kTimeExtension = -1;

/// The time that the bytes of a timestamp extension (4, 8 or 12) stand for, in ISO 8601 and UTC:
/// `2026-06-30T12:34:56.789Z`, with as many digits of the second as it needs. Nothing where they
/// are no timestamp, or its year has not four digits. Threads: any.
std::optional<std::string> FormatTime(std::string_view extension);

}  // namespace notify::signalr::messagepack
