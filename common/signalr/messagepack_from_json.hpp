#pragma once

#include <string>

#include "common/signalr/hub_message.hpp"

namespace notify::signalr::messagepack {

/// Appends the JSON value `json`, which must be valid, as one MessagePack value in one pass. An
/// integer that fits 64 bits stays one, any other number becomes a float64, one beyond its range
/// Infinity, as JSON.parse has it; half a surrogate pair becomes U+FFFD.
///
/// Whatever `json` is, nothing beyond it is read and one whole value is written: where it is not
/// valid, or nested deeper than 256, a nil or an empty string stands and the rest is left out.
/// `json` must not lie inside `out`. Threads: any.
void AppendFromJson(std::string& out, RawJson json);

}  // namespace notify::signalr::messagepack
