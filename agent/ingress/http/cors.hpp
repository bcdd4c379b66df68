#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace notify::agent::ingress {

/// Whether pages of `origin` may call the agent: it is one of `allowed`, byte for byte, or, for
/// `--dev`, any port of localhost.
bool IsAllowedOrigin(std::string_view origin, std::span<const std::string> allowed,
                     bool allow_localhost);

/// What an answer to an allowed origin carries: that origin (never `*`, because clients send
/// credentials), and `Vary`.
std::vector<std::pair<std::string, std::string>> CorsHeaders(std::string_view origin);

/// What the answer to a preflight carries beside CorsHeaders.
std::vector<std::pair<std::string, std::string>> PreflightHeaders();

}  // namespace notify::agent::ingress
