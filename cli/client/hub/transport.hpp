#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "cli/client/hub/exchange.hpp"
#include "cli/client/hub/url.hpp"
#include "common/random.hpp"
#include "common/signalr/hub_protocol.hpp"
#include "common/signalr/negotiate.hpp"

namespace notify::cli::client {

/// One connection that carries hub messages both ways, in any pieces.
///
/// Lifetime: ends its connection when it goes. Threads: one at a time.
class HubTransport {
 public:
  virtual ~HubTransport() = default;

  /// Sends whole messages; `format` is what they are. Any error is the transport's end.
  virtual Status Send(std::string_view bytes, signalr::TransferFormat format) = 0;

  /// The bytes that have come; waits up to `limit`, and may be empty. kTimeout where nothing came;
  /// kInterrupted where `interrupt` (a descriptor, -1 for none) became readable. Any other error is
  /// the transport's end.
  virtual Result<std::string> Read(std::chrono::milliseconds limit, int interrupt) = 0;

  /// Tells the server that no more comes, as far as the transport can.
  virtual void Close() = 0;
};

/// Where and as whom a transport connects.
struct TransportAddress {
  HubUrl url;
  Caller caller;
  std::string id;            ///< The connection's token; empty without a negotiation.
  std::string cookies = {};  ///< Of the negotiation.
};

/// The headers of each of its requests.
Headers TransportHeaders(const TransportAddress& address);

/// A transport over WebSockets. `random` outlives it. Errors as WebSocket::Upgrade.
Result<std::unique_ptr<HubTransport>> OpenWebSocketTransport(const Dial& dial,
                                                             const TransportAddress& address,
                                                             Random& random);

/// A transport that receives by server-sent events and sends by POST; it carries text only. `dial`
/// outlives it. kUnavailable where the answer is no stream; else as Connection::Open, or the Error
/// that an HTTP status stands for.
Result<std::unique_ptr<HubTransport>> OpenSseTransport(const Dial& dial,
                                                       const TransportAddress& address);

}  // namespace notify::cli::client
