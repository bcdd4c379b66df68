#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "cli/client/hub/exchange.hpp"
#include "cli/client/hub/reconnect_policy.hpp"
#include "cli/client/hub/url.hpp"
#include "common/clock.hpp"
#include "common/random.hpp"
#include "common/signalr/hub_protocol.hpp"

namespace notify::cli::client {

/// By what a hub is reached.
enum class TransportChoice {
  kAuto,  ///< In the server's order, the first that works.
  kWebSockets,
  kServerSentEvents,
};

/// `auto`, `websockets` or `sse`; kUsage otherwise.
Result<TransportChoice> ParseTransportChoice(std::string_view name);

/// `json` or `messagepack`, for messages of up to 8 MiB; kUsage otherwise.
Result<std::unique_ptr<signalr::HubProtocol>> MakeHubProtocol(std::string_view name);

/// Which hub, as whom, and how.
struct HubSettings {
  HubUrl url;
  Caller caller;
  /// Shared by the sessions of one connection, which outlive this struct.
  std::shared_ptr<const signalr::HubProtocol> protocol;
  TransportChoice transport = TransportChoice::kAuto;
  bool skip_negotiation = false;  ///< A WebSocket at once; without stateful reconnect.
  bool stateful = false;          ///< Ask for stateful reconnect; a server may not have it.
  ReconnectPolicy reconnect;
  /// What a method of ours answers, by its name: JSON. Without one the server is told that there is
  /// no result.
  std::map<std::string, std::string> answers;
};

/// What a hub connection works with. Lifetime: everything outlives the connection.
struct HubMeans {
  Dial dial;
  const Clock& clock;
  Random& random;
  /// Waits; true where the user interrupted it.
  std::function<bool(std::chrono::milliseconds)> wait;
};

}  // namespace notify::cli::client
