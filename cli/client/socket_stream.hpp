#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include "cli/client/connection.hpp"

namespace notify::cli::client {

/// A connected socket (TCP or Unix), plain. It reads while it writes: a peer that answers what was
/// sent first would otherwise wait for us to read, and we for it.
///
/// Lifetime: owns the descriptor. Threads: one at a time.
class SocketStream final : public Connection {
 public:
  explicit SocketStream(int descriptor) : descriptor_(descriptor) {}
  ~SocketStream() override;
  SocketStream(const SocketStream&) = delete;
  SocketStream& operator=(const SocketStream&) = delete;

  Status Write(std::string_view bytes) override;
  Result<std::size_t> Read(std::span<char> into, std::chrono::milliseconds limit,
                           int interrupt) override;

 private:
  /// Takes what has come into `early_`. kAgentUnreachable where the peer is gone.
  Status TakeEarly();

  const int descriptor_;
  std::string early_;  // Came while we wrote.
};

}  // namespace notify::cli::client
