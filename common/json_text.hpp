#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace notify {

/// Appends `utf8` to `out` as a JSON string, with its quotes (RFC 8259 7). Only what must be
/// escaped is: quote, backslash and U+0000 to U+001F; everything else, DEL and U+2028 included, is
/// copied. `utf8` must be valid UTF-8: it is not checked here, and bad bytes would be copied as
/// they are. `utf8` must not lie inside `out`. Never fails. Threads: any.
void AppendJsonString(std::string& out, std::string_view utf8);

/// The length of the longest start of `text` that has no quote, backslash or control character:
/// what may stand between two quotes unchanged. Threads: any.
std::size_t PlainJsonRun(std::string_view text);

}  // namespace notify
