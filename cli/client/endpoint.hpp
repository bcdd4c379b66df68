#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/result.hpp"

namespace notify::cli::client {

/// Where an agent listens.
struct Endpoint {
  enum class Kind { kUnix, kHttp, kHttps };

  Kind kind = Kind::kHttp;
  std::string path;  ///< kUnix: of the socket.
  std::string host;  ///< Without brackets.
  std::uint16_t port = 7800;
  std::string base;  ///< Path before `/api`, without a slash at its end; usually empty.

  /// `unix:PATH`, `http://HOST[:PORT][/BASE]` or `https://…`. kUsage otherwise.
  static Result<Endpoint> Parse(std::string_view text);

  /// The form that Parse reads.
  std::string ToString() const;
  /// The Host header.
  std::string HostHeader() const;

  bool operator==(const Endpoint&) const = default;
};

}  // namespace notify::cli::client
