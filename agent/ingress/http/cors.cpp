#include "agent/ingress/http/cors.hpp"

#include <algorithm>

namespace notify::agent::ingress {
namespace {

bool IsLocalhost(std::string_view origin) {
  for (const std::string_view host : {"http://localhost", "http://127.0.0.1"}) {
    if (!origin.starts_with(host)) continue;
    const std::string_view port = origin.substr(host.size());
    if (port.empty()) return true;
    if (port.front() == ':' && port.size() > 1 &&
        std::ranges::all_of(port.substr(1), [](char c) { return c >= '0' && c <= '9'; })) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool IsAllowedOrigin(std::string_view origin, std::span<const std::string> allowed,
                     bool allow_localhost) {
  return std::ranges::find(allowed, origin) != allowed.end() ||
         (allow_localhost && IsLocalhost(origin));
}

std::vector<std::pair<std::string, std::string>> CorsHeaders(std::string_view origin) {
  return {{"Access-Control-Allow-Origin", std::string(origin)},
          {"Access-Control-Allow-Credentials", "true"},
          {"Access-Control-Expose-Headers",
           "X-Correlation-Id, Retry-After, RateLimit, RateLimit-Policy"},
          {"Vary", "Origin"}};
}

std::vector<std::pair<std::string, std::string>> PreflightHeaders() {
  return {{"Access-Control-Allow-Methods", "GET, POST, PUT, DELETE"},
          {"Access-Control-Allow-Headers",
           "authorization, content-type, idempotency-key, last-event-id, traceparent, "
           "x-correlation-id, x-requested-with, x-signalr-user-agent, x-tenant"},
          {"Access-Control-Max-Age", "600"}};
}

}  // namespace notify::agent::ingress
