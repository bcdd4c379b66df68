#pragma once

#include <string>
#include <string_view>

#include "cli/client/endpoint.hpp"
#include "common/result.hpp"

namespace notify::cli::client {

/// Where a SignalR hub is.
struct HubUrl {
  Endpoint endpoint;  ///< Without a base.
  std::string path;   ///< Begins with a slash and ends without one; empty: the root.
  std::string query;  ///< The application's own, without its question mark; sent with each request.

  /// `http(s)://HOST[:PORT]/PATH[?QUERY]`; `ws(s)://` means the same. kUsage otherwise.
  static Result<HubUrl> Parse(std::string_view text);
  /// The hub of the agent there.
  static HubUrl OfAgent(const Endpoint& agent);

  /// The target of a request: the path, `suffix`, the query and `parameters` (encoded, may be
  /// empty).
  std::string Target(std::string_view suffix, std::string_view parameters) const;
  /// For messages; without the query, which may hold a secret.
  std::string ToString() const;

  bool operator==(const HubUrl&) const = default;
};

/// A value of a query, percent-encoded (RFC 3986 2.1).
std::string EncodeQueryValue(std::string_view text);

}  // namespace notify::cli::client
