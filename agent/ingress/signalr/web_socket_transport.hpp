#pragma once

#include <memory>
#include <span>

#include "agent/ingress/signalr/socket_transport.hpp"
#include "common/websocket/message_reader.hpp"

namespace notify::agent::ingress::signalr {

/// A WebSocket that carries a connection: frames in both directions, and the close handshake.
///
/// Threads:  its connection's.
class WebSocketTransport final : public SocketTransport {
 public:
  WebSocketTransport(std::shared_ptr<HubConnection> connection,
                     std::unique_ptr<async::Stream> stream, ConnectionPlace place);

  void End(bool failed) override;

 protected:
  void Take(std::span<char> bytes) override;
  /// The peer's close came, or it broke the protocol.
  bool ended() const override { return ended_; }
  async::Task<void> Part() override;

 private:
  void Take(const websocket::Event& event);
  void QueueClose(websocket::CloseCode code);

  websocket::MessageReader reader_;
  bool ended_ = false;
  bool failed_ = false;                                          // It broke the protocol.
  bool closing_ = false;                                         // Our close frame is queued.
  websocket::CloseCode answer_ = websocket::CloseCode::kNormal;  // What we close with then.
};

}  // namespace notify::agent::ingress::signalr
