#pragma once

#include <deque>
#include <string>
#include <string_view>

#include "cli/client/connection.hpp"

namespace notify::cli::testing_support {

/// The agent's end of a hub connection, without a socket: what it sends is told beforehand, what it
/// was sent is kept.
struct HubScript {
  std::deque<std::string> sends;  ///< One a read; none left is the connection's end.
  std::string head;               ///< The request for the upgrade.
  std::string received;           ///< Texts of all messages after it, unmasked.
  int pongs = 0;
  int status = 101;  ///< Of the answer to the upgrade.

  /// Sends this hub message (JSON, without its end) as a frame of its own.
  void Message(std::string_view json);
  /// Sends a frame.
  void Frame(unsigned char opcode, std::string_view payload);
};

/// The connection that speaks the script, which outlives it. A read with nothing to send waits for
/// nobody: it is kTimeout where `silent`.
class ScriptedConnection final : public client::Connection {
 public:
  explicit ScriptedConnection(HubScript& script, bool silent = false)
      : script_(script), silent_(silent) {}

  Status Write(std::string_view bytes) override;
  Result<std::size_t> Read(std::span<char> into, std::chrono::milliseconds limit,
                           int interrupt) override;

 private:
  HubScript& script_;
  const bool silent_;
};

}  // namespace notify::cli::testing_support
