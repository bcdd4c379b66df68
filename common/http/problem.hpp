#pragma once

#include <string>
#include <string_view>

#include "common/result.hpp"

namespace notify::http {

/// The content type of every error answer (RFC 9457).
inline constexpr std::string_view kProblemContentType = "application/problem+json";

/// The body of an error answer: `{type, title, status, code, detail, correlationId, retryAfter?,
/// currentVersion?, hint?, errors?}`. `retryAfter` is in whole seconds, rounded up. Bytes of
/// `error` that are not UTF-8 become U+FFFD.
std::string ProblemJson(const Error& error, std::string_view correlation_id);

/// The Error that an answer of another status than 2xx tells. Never fails: a body that is not ours
/// (a proxy's page, nothing at all) gives the code that fits `status` and a sentence that says so.
/// `correlation_id` (may be null) gets the one in the body, or stays.
Error ParseProblem(int status, std::string_view body, std::string* correlation_id);

}  // namespace notify::http
