#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "common/result.hpp"

namespace notify::signalr {

/// Takes the first record (the bytes up to a 0x1E, which goes too) off `input`; nothing where there
/// is none yet. Errors: kBodyTooLarge where it has, or will have, more than `max_bytes`;
/// kInvalidJson where it is not UTF-8.
Result<std::optional<std::string_view>> TakeRecord(std::string_view& input, std::size_t max_bytes);

}  // namespace notify::signalr
