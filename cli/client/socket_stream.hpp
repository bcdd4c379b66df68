#pragma once

#include <chrono>
#include <span>
#include <string_view>

#include "cli/client/connection.hpp"

namespace notify::cli::client {

/// A connected socket (TCP or Unix), plain.
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
  const int descriptor_;
};

}  // namespace notify::cli::client
