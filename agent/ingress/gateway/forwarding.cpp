#include "agent/ingress/gateway/forwarding.hpp"

#include <algorithm>
#include <array>

#include "common/api/routes.hpp"

namespace notify::agent::ingress {
namespace {

constexpr std::array<std::string_view, 10> kHopByHop = {"connection",
                                                        "keep-alive",
                                                        "proxy-connection",
                                                        "proxy-authenticate",
                                                        "proxy-authorization",
                                                        "te",
                                                        "trailer",
                                                        "transfer-encoding",
                                                        "upgrade",
                                                        "content-length"};
// Ours, or written anew for the upstream.
constexpr std::array<std::string_view, 7> kNotUpwards = {
    "host",   "authorization",    "access_token", "x-tenant",
    "expect", "x-correlation-id", "traceparent"};

bool IsOneOf(std::string_view name, const auto& names) {
  return std::ranges::any_of(names, [&](const auto& one) { return SameHeader(name, one); });
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// The headers that the sender's `Connection` fields name: for this hop only.
std::vector<std::string_view> NamedByConnection(const auto& headers) {
  std::vector<std::string_view> named;
  for (const auto& [name, value] : headers) {
    if (!SameHeader(name, "connection")) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const std::string_view token = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(rest.size(), token.size() + 1));
      named.push_back(Trim(token));
    }
  }
  return named;
}

/// `?query` without our credential, however its name is encoded.
std::string PassedQuery(std::string_view query) {
  std::string passed;
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const auto name = api::PercentDecode(pair.substr(0, pair.find('=')));
    if (name && SameHeader(*name, "access_token")) continue;
    passed += passed.empty() ? '?' : '&';
    passed += pair;
  }
  return passed;
}

void AppendHeader(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

}  // namespace

std::string UpstreamRequestHead(const RequestHead& head, const Forwarded& forwarded) {
  std::string out(head.method);
  out += ' ';
  out += forwarded.path;
  out += PassedQuery(head.query);
  out += " HTTP/1.1\r\n";
  AppendHeader(out, "Host", forwarded.authority);
  const auto named = NamedByConnection(head.headers);
  for (const auto& [name, value] : head.headers) {
    if (IsOneOf(name, kHopByHop) || IsOneOf(name, kNotUpwards) || IsOneOf(name, named)) continue;
    if (SameHeader(name, forwarded.tenant_header)) continue;
    if (forwarded.inspected && SameHeader(name, "accept-encoding")) continue;
    AppendHeader(out, name, value);
  }
  if (forwarded.inspected) AppendHeader(out, "Accept-Encoding", "identity");
  AppendHeader(out, "X-Tenant", forwarded.tenant);
  AppendHeader(out, "X-Correlation-Id", forwarded.correlation_id);
  AppendHeader(out, "traceparent", forwarded.traceparent);
  const bool may_lack_body = head.method == "GET" || head.method == "HEAD";
  if (forwarded.body_size > 0 || !may_lack_body) {
    AppendHeader(out, "Content-Length", std::to_string(forwarded.body_size));
  }
  out += "\r\n";
  return out;
}

HeaderList PassedBack(const HeaderList& headers) {
  const auto named = NamedByConnection(headers);
  HeaderList passed;
  for (const auto& header : headers) {
    if (IsOneOf(header.first, kHopByHop) || IsOneOf(header.first, named)) continue;
    passed.push_back(header);
  }
  return passed;
}

std::string_view HeaderOf(const HeaderList& headers, std::string_view name) {
  const auto found =
      std::ranges::find_if(headers, [&](const auto& h) { return SameHeader(h.first, name); });
  return found == headers.end() ? std::string_view() : found->second;
}

}  // namespace notify::agent::ingress
