#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string_view>

#include "cli/client/endpoint.hpp"
#include "common/result.hpp"

namespace notify::cli::client {

/// One stream of bytes to an agent, blocking with a limit.
///
/// Lifetime: closes its descriptor when it goes. Threads: one at a time.
class Connection {
 public:
  virtual ~Connection() = default;

  /// Connects. kAgentUnreachable with the reason in the detail and what to do as the hint.
  static Result<std::unique_ptr<Connection>> Open(const Endpoint& endpoint,
                                                  std::chrono::milliseconds limit);

  /// Writes all of `bytes`. kAgentUnreachable where the peer is gone.
  virtual Status Write(std::string_view bytes) = 0;

  /// Reads what is there, at most `into.size()` bytes; 0 is the end. kTimeout where nothing comes
  /// within `limit`; kInterrupted where `interrupt` (a descriptor, -1 for none) becomes readable
  /// first; kAgentUnreachable where the connection broke.
  virtual Result<std::size_t> Read(std::span<char> into, std::chrono::milliseconds limit,
                                   int interrupt) = 0;
};

/// The connected descriptor itself, not blocking, for the benchmarks' event loops. The caller
/// closes it. kInvalidArgument for https; else as Connection::Open.
Result<int> OpenSocket(const Endpoint& endpoint, std::chrono::milliseconds limit);

}  // namespace notify::cli::client
