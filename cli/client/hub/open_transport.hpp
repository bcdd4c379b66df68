#pragma once

#include <memory>
#include <string>

#include "cli/client/hub/settings.hpp"
#include "cli/client/hub/transport.hpp"

namespace notify::cli::client {

/// A transport that is open, and what was agreed on the way.
struct OpenedTransport {
  std::unique_ptr<HubTransport> transport;
  signalr::Transport kind = signalr::Transport::kWebSockets;
  TransportAddress address;
  std::string connection_id;  ///< The public name; empty without a negotiation.
  bool stateful = false;      ///< The server keeps the connection over a loss.
};

/// Negotiates, unless that is skipped, and opens the first transport of those on offer that is
/// wanted, carries the protocol and works; each further one is negotiated anew.
///
/// kUsage        settings that exclude each other.
/// kUnavailable  nothing on offer fits, or none of several worked: why, of each.
/// else          as Negotiate and the transport's own Open.
Result<OpenedTransport> OpenTransport(const HubSettings& settings, const HubMeans& means);

}  // namespace notify::cli::client
