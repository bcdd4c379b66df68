#include "agent/ingress/signalr/web_socket_transport.hpp"

#include <span>
#include <utility>

#include "agent/ingress/signalr/hub_connection.hpp"

namespace notify::agent::ingress::signalr {

using websocket::CloseCode;

WebSocketTransport::WebSocketTransport(std::shared_ptr<HubConnection> connection,
                                       std::unique_ptr<async::Stream> stream, ConnectionPlace place)
    : SocketTransport(std::move(connection), std::move(stream), std::move(place)),
      reader_(connection_->origin().deflate ? connection_->services().deflate_reader
                                            : connection_->services().reader) {}

async::Task<void> WebSocketTransport::Part() {
  if (!ended_) co_return;
  if (connection_->HasInput()) co_await connection_->Process();
  QueueClose(answer_);
  Send();
  // Look() ends both waits where they take too long.
  while (!connection_->outbox().empty() && !stream_.closed()) {
    co_await io_.timers().Sleep(std::chrono::milliseconds(20));
  }
  if (!failed_) co_return;
  // Closing with unread bytes resets: who is still sending would not read why it ends.
  stream_.ShutdownWrite();
  const std::span<char> ignored(connection_->lane().buffer);
  while (true) {
    const auto got = co_await async::ReadSome(stream_, ignored);
    if (!got || *got == 0) break;
  }
}

void WebSocketTransport::Take(std::span<char> bytes) {
  for (websocket::Event event = reader_.Next(bytes);
       event.kind != websocket::EventKind::kNone && !ended_; event = reader_.Next(bytes)) {
    if (event.compressed) {
      event = connection_->lane().inflater.Inflate(
          event, connection_->services().reader.max_message_bytes);
    }
    Take(event);
  }
}

void WebSocketTransport::Take(const websocket::Event& event) {
  switch (event.kind) {
    case websocket::EventKind::kText:
    case websocket::EventKind::kBinary:
      connection_->Take(event.payload);
      break;
    case websocket::EventKind::kPing:
      connection_->outbox().Add(EncodeFrame(websocket::Opcode::kPong, event.payload));
      break;
    case websocket::EventKind::kClose:
      answer_ = event.code == CloseCode::kNoStatus ? CloseCode::kNormal : event.code;
      ended_ = true;
      break;
    case websocket::EventKind::kFailed:
      answer_ = event.code;
      ended_ = failed_ = true;
      break;
    case websocket::EventKind::kPong:
    case websocket::EventKind::kNone:
      break;
  }
}

void WebSocketTransport::QueueClose(CloseCode code) {
  if (std::exchange(closing_, true)) return;
  ExpectEnd();
  connection_->outbox().Add(EncodeFrame(websocket::Opcode::kClose, websocket::ClosePayload(code)));
}

void WebSocketTransport::End(bool failed) {
  QueueClose(failed ? CloseCode::kInternalError : CloseCode::kNormal);
  Send();
}

}  // namespace notify::agent::ingress::signalr
