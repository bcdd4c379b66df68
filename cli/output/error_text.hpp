#pragma once

#include <string>
#include <string_view>

#include "common/result.hpp"

namespace notify::cli::output {

/// A failure for people: what failed and why, each place of the input, and the command that helps.
std::string ErrorText(const Error& error, std::string_view correlation_id, bool colour);

/// A failure for scripts, one line: `{"error": {code, message, hint, correlationId, exitCode}}`.
std::string ErrorJson(const Error& error, std::string_view correlation_id);

}  // namespace notify::cli::output
