#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/async/stream.hpp"

namespace notify::agent::ingress {

/// A request's head. The views point into the request's own buffer.
///
/// Lifetime: as the Exchange that it belongs to.
struct RequestHead {
  std::string_view method;
  std::string_view target;                                             ///< As sent: path and query.
  std::string_view path;                                               ///< Without the query.
  std::string_view query;                                              ///< Without the `?`.
  std::vector<std::pair<std::string_view, std::string_view>> headers;  ///< In order, as sent.
  bool http_1_1 = true;                                                ///< HTTP/1.1 or a later 1.x.

  /// The first value of a header (case-insensitive), or nothing.
  std::optional<std::string_view> Header(std::string_view name) const;
  /// How often a header occurs.
  std::size_t CountHeader(std::string_view name) const;
  /// The first value of a query parameter, percent-decoded; nothing where it is not there or not
  /// decodable. Names are compared without case.
  std::optional<std::string> Query(std::string_view name) const;
  /// All values of a query parameter.
  std::vector<std::string> QueryAll(std::string_view name) const;
};

/// An answer that is known whole.
struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  /// Called once where the answer could not be written whole: the connection was lost before.
  std::function<void()> not_written;
};

/// `Not Found` for 404; empty for a status that HTTP does not name.
std::string_view ReasonPhrase(int status);

/// Appends the answer's head: status line, headers, and `Content-Length` where `length` is given.
void AppendResponseHead(std::string& out, int status, std::string_view content_type,
                        const std::vector<std::pair<std::string, std::string>>& headers,
                        std::optional<std::size_t> length, bool keep_alive);

/// Whether two header names are the same, which HTTP decides without case.
bool SameHeader(std::string_view a, std::string_view b);

}  // namespace notify::agent::ingress
