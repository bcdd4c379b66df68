#pragma once

#include <chrono>
#include <memory>

#include "cli/client/connection.hpp"

namespace notify::cli::client {

/// Speaks TLS 1.2 or 1.3 over `plain` with the system's trusted roots; the peer must prove that it
/// is `endpoint.host`. OpenSSL is first touched here. kAgentUnreachable with OpenSSL's reason.
Result<std::unique_ptr<Connection>> StartTls(std::unique_ptr<Connection> plain,
                                             const Endpoint& endpoint,
                                             std::chrono::milliseconds limit);

}  // namespace notify::cli::client
