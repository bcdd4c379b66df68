#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "cli/client/api_client.hpp"
#include "cli/client/connection.hpp"
#include "cli/client/request_headers.hpp"
#include "common/random.hpp"
#include "common/websocket/message_reader.hpp"

namespace notify::cli::client {

/// The client's end of a WebSocket (RFC 6455). Answers pings while it reads.
///
/// Lifetime: closes its connection when it goes. Threads: one at a time.
class WebSocket {
 public:
  /// Asks for the upgrade of `target` (a path) on a connection that is open, as `caller`, within
  /// `caller.limit`. The agent's Error where it refuses; kAgentUnreachable and kTimeout where there
  /// is no answer. `more` are headers besides ours. `random` outlives the socket.
  static Result<std::unique_ptr<WebSocket>> Upgrade(std::unique_ptr<Connection> connection,
                                                    const Endpoint& endpoint,
                                                    std::string_view target, const Caller& caller,
                                                    Random& random, const Headers& more = {});

  /// Sends one text message. kAgentUnreachable where the peer is gone.
  Status Send(std::string_view text);
  /// The same as a binary message.
  Status SendBinary(std::string_view bytes);
  /// Says that it ends, without a reason; the peer may be gone already.
  void Close();

  /// The messages, texts and others, that have come, one behind the other; waits up to `limit` for
  /// the first bytes. May be empty: no message is complete yet. Errors as Connection::Read;
  /// kAgentUnreachable also where the agent closes the WebSocket, with its reason, or breaks the
  /// protocol.
  Result<std::string> Read(std::chrono::milliseconds limit, int interrupt);

 private:
  WebSocket(std::unique_ptr<Connection> connection, std::string early, Random& random);

  Status Take(std::span<char> bytes, std::string& payloads);
  Status Frame(websocket::Opcode opcode, std::string_view payload);

  const std::unique_ptr<Connection> connection_;
  Random& random_;
  const websocket::ReaderOptions options_;
  websocket::MessageReader reader_;
  std::string early_;  // What came with the answer to the upgrade.
};

}  // namespace notify::cli::client
