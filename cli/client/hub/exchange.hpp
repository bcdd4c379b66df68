#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "cli/client/connection.hpp"
#include "cli/client/request_headers.hpp"

namespace notify::cli::client {

/// Connects to a server; Connection::Open, or a test's own. Errors as it.
using Dial = std::function<Result<std::unique_ptr<Connection>>(const Endpoint&,
                                                               std::chrono::milliseconds limit)>;

/// How long a connect may take at most, whatever the caller's limit.
inline constexpr std::chrono::milliseconds kConnectLimit{5'000};

/// An answer to a request of a hub's client.
struct HubAnswer {
  int status = 0;
  std::string body;
  bool keep_alive = false;
  std::string location;  ///< Where a redirect leads.
  std::string cookies;   ///< Those that it sets, as a Cookie header has them.
};

/// Sends one POST and reads its whole answer, of whatever status. kAgentUnreachable and kTimeout
/// where there is none.
Result<HubAnswer> Post(Connection& connection, std::string_view target, const Headers& headers,
                       std::string_view body, std::chrono::milliseconds limit);

}  // namespace notify::cli::client
