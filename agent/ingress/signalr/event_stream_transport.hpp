#pragma once

#include <memory>
#include <span>
#include <utility>

#include "agent/ingress/signalr/socket_transport.hpp"

namespace notify::agent::ingress::signalr {

/// Server-sent events that carry a connection's downward half (signalr.md 4); what the client sends
/// comes by POST.
///
/// Threads:  its connection's.
class EventStreamTransport final : public SocketTransport {
 public:
  EventStreamTransport(std::shared_ptr<HubConnection> connection,
                       std::unique_ptr<async::Stream> stream, ConnectionPlace place)
      : SocketTransport(std::move(connection), std::move(stream), std::move(place)) {}

  void End(bool failed) override;

 protected:
  /// Nothing is expected from the client but its end.
  void Take(std::span<char>) override {}
  bool ended() const override { return false; }
  void OnEmpty() override;

 private:
  bool ending_ = false;
};

}  // namespace notify::agent::ingress::signalr
