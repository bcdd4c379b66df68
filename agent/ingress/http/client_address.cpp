#include "agent/ingress/http/client_address.hpp"

#include <algorithm>
#include <string_view>

#include "common/address_block.hpp"

namespace notify::agent::ingress {
namespace {

// The longest IPv6 address has 45 characters.
constexpr std::size_t kMostCharacters = 45;

bool IsAddressLike(std::string_view text) {
  return !text.empty() && text.size() <= kMostCharacters && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == '.' ||
           c == ':';
  });
}

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string ClientAddress(const RequestHead& head, const async::Peer& peer,
                          const std::vector<std::string>& trusted_proxies) {
  const auto trusted = [&](std::string_view address) {
    return IsInAddressBlocks(address, trusted_proxies);
  };
  if (!trusted(peer.address)) return peer.address;
  std::string all;
  for (const auto& [name, value] : head.headers) {
    if (!SameHeader(name, "X-Forwarded-For")) continue;
    if (!all.empty()) all += ',';
    all += value;
  }
  // From the right: what stands to the left of the first stranger is that stranger's own word.
  for (std::string_view rest = all; !rest.empty();) {
    const auto comma = rest.rfind(',');
    const std::string_view last =
        Trimmed(comma == std::string_view::npos ? rest : rest.substr(comma + 1));
    if (!IsAddressLike(last)) break;
    if (!trusted(last)) return std::string(last);
    if (comma == std::string_view::npos) break;
    rest = rest.substr(0, comma);
  }
  return peer.address;
}

}  // namespace notify::agent::ingress
