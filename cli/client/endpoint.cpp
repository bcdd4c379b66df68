#include "cli/client/endpoint.hpp"

#include <charconv>

namespace notify::cli::client {
namespace {

Error NotAnEndpoint(std::string_view text) {
  return Fail(Errc::kUsage, "\"" + std::string(text) + "\" is not an endpoint.",
              "use unix:PATH, http://HOST:PORT or https://HOST:PORT");
}

std::uint16_t DefaultPort(Endpoint::Kind kind) { return kind == Endpoint::Kind::kHttps ? 443 : 80; }

}  // namespace

Result<Endpoint> Endpoint::Parse(std::string_view text) {
  Endpoint endpoint;
  auto rest = text;
  if (rest.starts_with("unix:")) {
    endpoint.kind = Kind::kUnix;
    endpoint.path = rest.substr(5);
    if (endpoint.path.empty()) return NotAnEndpoint(text);
    return endpoint;
  }
  if (rest.starts_with("https://")) {
    endpoint.kind = Kind::kHttps;
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
  } else {
    return NotAnEndpoint(text);
  }
  const auto slash = std::min(rest.find('/'), rest.size());
  endpoint.base = rest.substr(slash);
  while (endpoint.base.ends_with('/')) endpoint.base.pop_back();
  auto authority = rest.substr(0, slash);
  const auto bracket = authority.starts_with('[') ? authority.find(']') : 0;
  if (bracket == std::string_view::npos) return NotAnEndpoint(text);
  const auto colon = authority.find(':', bracket);
  endpoint.port = DefaultPort(endpoint.kind);
  if (colon != std::string_view::npos) {
    const auto digits = authority.substr(colon + 1);
    const auto* const end = digits.data() + digits.size();
    const auto parsed = std::from_chars(digits.data(), end, endpoint.port);
    if (parsed.ec != std::errc{} || parsed.ptr != end || endpoint.port == 0) {
      return NotAnEndpoint(text);
    }
    authority = authority.substr(0, colon);
  }
  endpoint.host = bracket > 0 ? authority.substr(1, bracket - 1) : authority;
  constexpr std::string_view kForbidden = " \t\r\n@?#\\";
  if (endpoint.host.empty() || text.find_first_of(kForbidden) != std::string_view::npos) {
    return NotAnEndpoint(text);
  }
  return endpoint;
}

std::string Endpoint::ToString() const {
  if (kind == Kind::kUnix) return "unix:" + path;
  return (kind == Kind::kHttps ? "https://" : "http://") + HostHeader() + base;
}

std::string Endpoint::HostHeader() const {
  if (kind == Kind::kUnix) return "localhost";
  auto header = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != DefaultPort(kind)) header += ":" + std::to_string(port);
  return header;
}

}  // namespace notify::cli::client
