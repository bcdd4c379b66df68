#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "common/result.hpp"

namespace notify::signalr {

/// Takes the first message (its length as a VarInt, then its body) off `input` and hands out the
/// body; nothing where there is no whole one yet. Errors: kBodyTooLarge where it has, or will have,
/// more than `max_bytes`; kInvalidArgument where the length is no VarInt of at most 2^31 - 1.
Result<std::optional<std::string_view>> TakeFrame(std::string_view& input, std::size_t max_bytes);

/// Puts the length of what stands in `out` from `begin` on in front of it.
void InsertFrameLength(std::string& out, std::size_t begin);

}  // namespace notify::signalr
