#pragma once

#include <string>
#include <string_view>

#include "cli/output/format.hpp"

namespace notify::cli::event {

/// One envelope as a line of `event tail`, with its line feed. JSON and NDJSON are the bytes as
/// they came; for people it is time, type, subject and data, without control characters.
std::string TailLine(std::string_view envelope, output::Format format);

}  // namespace notify::cli::event
