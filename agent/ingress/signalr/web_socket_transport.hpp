#pragma once

#include <memory>
#include <optional>
#include <string>

#include "agent/ingress/http/exchange.hpp"
#include "agent/ingress/live/live_stream.hpp"
#include "agent/ingress/signalr/transport.hpp"
#include "common/websocket/message_reader.hpp"

namespace notify::agent::ingress::signalr {

class HubConnection;

/// A WebSocket that carries a connection: frames in both directions, and the close handshake.
///
/// Lifetime: shared by its connection and its own task, Run().
/// Threads:  its connection's.
class WebSocketTransport final : public LiveStream, public Transport {
 public:
  /// `stream` is upgraded already, but for the answer's head.
  WebSocketTransport(std::shared_ptr<HubConnection> connection,
                     std::unique_ptr<async::Stream> stream, ConnectionPlace place);

  /// Writes `head`, then carries the connection until the WebSocket ends. `early` are bytes that
  /// came with the upgrade. `self` is the transport.
  static async::Task<void> Run(std::shared_ptr<WebSocketTransport> self, std::string head,
                               std::string early);

  void Write() override { Send(); }
  void End(bool failed) override;
  void Abort() override { Abandon(); }
  std::size_t Unacknowledged() const override { return stream_.Unacknowledged(); }
  void Look(Clock::TimePoint now) override;

 protected:
  void OnRoom() override;
  void OnStuck() override;

 private:
  async::Task<void> Serve(std::string early);
  void Take(std::span<char> bytes);
  void Take(const websocket::Event& event);
  async::Task<void> Part();
  void QueueClose(websocket::CloseCode code);
  /// Whether reading goes on.
  bool open() const;

  // Shared with its table; a transport may end later.
  const std::shared_ptr<HubConnection> connection_;
  const std::unique_ptr<async::Stream> owned_;
  const ConnectionPlace place_;
  websocket::MessageReader reader_;
  bool peer_closed_ = false;  // The peer's close came, or it broke the protocol.
  bool failed_ = false;       // It broke the protocol.
  websocket::CloseCode answer_ = websocket::CloseCode::kNormal;  // What we close with then.
  bool closing_ = false;                                         // Our close frame is queued.
  Clock::TimePoint closing_since_{};
};

}  // namespace notify::agent::ingress::signalr
