#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/client/hub/event.hpp"
#include "cli/client/web_socket.hpp"
#include "common/clock.hpp"
#include "common/signalr/json_hub_protocol.hpp"

namespace notify::cli::client {

/// A connection to the agent's hub: the SignalR JSON protocol over a WebSocket, without
/// negotiation. Keeps itself alive while it reads.
///
/// Lifetime: closes its connection when it goes; `clock` and `random` outlive it. Threads: one at a
/// time.
class HubClient {
 public:
  /// Connects and shakes hands. Errors as WebSocket::Upgrade; kUnavailable where the hub refuses
  /// the protocol.
  static Result<std::unique_ptr<HubClient>> Connect(const Endpoint& endpoint, const Caller& caller,
                                                    const Clock& clock, Random& random);
  /// The same on a connection that is open.
  static Result<std::unique_ptr<HubClient>> Connect(std::unique_ptr<Connection> connection,
                                                    const Endpoint& endpoint, const Caller& caller,
                                                    const Clock& clock, Random& random);

  /// Invokes a method with arguments in JSON and waits for its result: JSON, `null` where it has
  /// none. The hub's own Error where it refuses, kTimeout beyond the caller's limit. What the agent
  /// calls meanwhile is kept for Read.
  Result<std::string> Invoke(std::string_view method, std::span<const std::string> arguments);

  /// The calls that have come; waits up to `limit` for the first bytes, and may then be empty.
  /// kTimeout where nothing came, kInterrupted where `interrupt` (a descriptor, -1 for none) became
  /// readable, kAgentUnreachable where the connection ended.
  Result<std::vector<HubCall>> Read(std::chrono::milliseconds limit, int interrupt);

 private:
  HubClient(std::unique_ptr<WebSocket> socket, std::chrono::milliseconds limit, const Clock& clock);

  Status ShakeHands();
  Status Receive(std::chrono::milliseconds limit, int interrupt);
  Status TakeMessages();
  Status Take(signalr::HubMessage message);

  const std::unique_ptr<WebSocket> socket_;
  const std::chrono::milliseconds limit_;  // Of an answer.
  const Clock& clock_;
  const signalr::JsonHubProtocol protocol_;
  Clock::TimePoint sent_at_;
  std::string in_;  // From the first message that is not whole.
  std::vector<HubCall> calls_;
  std::int64_t invocations_ = 0;
  std::optional<Result<std::string>> answer_;  // Of the invocation that waits.
};

}  // namespace notify::cli::client
