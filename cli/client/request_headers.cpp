#include "cli/client/request_headers.hpp"

namespace notify::cli::client {

Headers CallerHeaders(const Endpoint& endpoint, const Caller& caller) {
  Headers headers = {{"Host", endpoint.HostHeader()}, {"User-Agent", "notifyctl"}};
  if (!caller.token.empty()) {
    headers.emplace_back("Authorization", "Bearer " + std::string(caller.token.Reveal()));
  }
  if (!caller.tenant.empty()) headers.emplace_back("X-Tenant", caller.tenant);
  return headers;
}

Status CheckHeaders(const Headers& headers) {
  for (const auto& [name, value] : headers) {
    for (const char c : value) {
      if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) continue;
      return Fail(Errc::kInvalidArgument, name + " must not contain control characters.");
    }
  }
  return {};
}

}  // namespace notify::cli::client
