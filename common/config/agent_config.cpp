#include "common/config/agent_config.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace notify {
namespace {

constexpr std::array<std::pair<std::string_view, KeySource::Kind>, 4> kKinds = {{
    {"file:", KeySource::Kind::kFile},
    {"env:", KeySource::Kind::kEnv},
    {"credential:", KeySource::Kind::kCredential},
    {"command:", KeySource::Kind::kCommand},
}};

bool IsHostChar(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
         c == '-' || c == '_';
}

bool IsIpv6Char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' ||
         c == '.';
}

}  // namespace

std::optional<HostPort> HostPort::Parse(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  auto host = text.substr(0, colon);
  const auto port = text.substr(colon + 1);
  bool valid = false;
  if (host.starts_with('[') && host.ends_with(']') && host.size() > 3) {
    host = host.substr(1, host.size() - 2);
    valid = host.find(':') != std::string_view::npos && std::ranges::all_of(host, IsIpv6Char);
  } else {
    valid = std::ranges::all_of(host, IsHostChar);
  }
  HostPort result{std::string(host), 0};
  const auto [end, ec] = std::from_chars(port.data(), port.data() + port.size(), result.port);
  if (!valid || port.empty() || ec != std::errc{} || end != port.data() + port.size()) return {};
  return result;
}

std::string HostPort::ToString() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

bool HostPort::IsLoopback() const {
  if (host == "localhost" || host == "::1") return true;
  // Digits and dots only: `127.example.com` is a name.
  return host.starts_with("127.") &&
         std::ranges::all_of(host, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

std::optional<KeySource> KeySource::Parse(std::string_view text) {
  for (const auto& [prefix, kind] : kKinds) {
    if (text.starts_with(prefix) && text.size() > prefix.size()) {
      return KeySource{kind, std::string(text.substr(prefix.size()))};
    }
  }
  return std::nullopt;
}

std::string KeySource::ToString() const {
  for (const auto& [prefix, candidate] : kKinds) {
    if (candidate == kind) return std::string(prefix) + value;
  }
  return value;
}

bool TenantScope::Covers(const TenantId& tenant) const {
  return all || std::ranges::find(tenants, tenant) != tenants.end();
}

}  // namespace notify
