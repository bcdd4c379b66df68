#include "cli/client/hub/url.hpp"

#include <utility>

namespace notify::cli::client {
namespace {

constexpr std::string_view kAgentPath = "/hubs/notifications";

Error NotAHub(std::string_view text) {
  return Fail(Errc::kUsage, "\"" + std::string(text) + "\" is not the URL of a hub.",
              "use http(s)://HOST:PORT/PATH");
}

bool IsUnreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

bool IsVisible(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7F) return false;
  }
  return true;
}

}  // namespace

Result<HubUrl> HubUrl::Parse(std::string_view text) {
  auto address = std::string(text.substr(0, text.find('?')));
  // The scheme of what it becomes: an upgrade begins as HTTP.
  if (address.starts_with("ws://")) address.replace(0, 2, "http");
  if (address.starts_with("wss://")) address.replace(0, 3, "https");
  auto endpoint = Endpoint::Parse(address);
  if (!endpoint || endpoint->kind == Endpoint::Kind::kUnix) return NotAHub(text);
  HubUrl url;
  url.path = std::exchange(endpoint->base, {});
  url.endpoint = std::move(*endpoint);
  if (const auto mark = text.find('?'); mark != std::string_view::npos) {
    url.query = text.substr(mark + 1);
  }
  if (!IsVisible(url.query) || url.query.find('#') != std::string::npos) return NotAHub(text);
  return url;
}

HubUrl HubUrl::OfAgent(const Endpoint& agent) {
  HubUrl url{.endpoint = agent};
  url.path = std::exchange(url.endpoint.base, {}) + std::string(kAgentPath);
  return url;
}

std::string HubUrl::Target(std::string_view suffix, std::string_view parameters) const {
  auto target = path + std::string(suffix);
  if (target.empty()) target = "/";
  for (const std::string_view part : {std::string_view(query), parameters}) {
    if (part.empty()) continue;
    target += target.find('?') == std::string::npos ? '?' : '&';
    target += part;
  }
  return target;
}

std::string HubUrl::ToString() const { return endpoint.ToString() + path; }

std::string EncodeQueryValue(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (IsUnreserved(c)) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
  }
  return encoded;
}

}  // namespace notify::cli::client
