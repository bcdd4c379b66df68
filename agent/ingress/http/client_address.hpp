#pragma once

#include <string>
#include <vector>

#include "agent/async/stream.hpp"
#include "agent/ingress/http/message.hpp"

namespace notify::agent::ingress {

/// The address that a request comes from: the peer's, or, where the peer is one of the trusted
/// proxies, the last of `X-Forwarded-For` that is none of them. `unix` for a local socket.
std::string ClientAddress(const RequestHead& head, const async::Peer& peer,
                          const std::vector<std::string>& trusted_proxies);

}  // namespace notify::agent::ingress
