#include "agent/ingress/signalr/web_socket_transport.hpp"

#include <span>
#include <utility>

#include "agent/ingress/signalr/hub_connection.hpp"

namespace notify::agent::ingress::signalr {

using websocket::CloseCode;

WebSocketTransport::WebSocketTransport(std::shared_ptr<HubConnection> connection,
                                       std::unique_ptr<async::Stream> stream, ConnectionPlace place)
    : LiveStream(*stream, connection->lane().io, connection->outbox(),
                 connection->services().times.send_timeout),
      connection_(std::move(connection)),
      owned_(std::move(stream)),
      place_(std::move(place)),
      reader_(connection_->origin().deflate ? connection_->services().deflate_reader
                                            : connection_->services().reader) {}

async::Task<void> WebSocketTransport::Run(std::shared_ptr<WebSocketTransport> self,
                                          std::string head, std::string early) {
  HubConnection& connection = *self->connection_;
  co_await connection.Settled();
  if (!connection.closing() && !connection.transport() &&
      co_await async::WriteAll(self->stream_, head)) {
    // Another one may have come while the head was written.
    if (connection.transport()) {
      self->Abandon();
    } else {
      connection.Attach(self);
    }
    head = {};
    co_await self->Serve(std::move(early));
  }
  co_await self->Finish();
  connection.services().metrics.bytes_out.For(connection.tenant().id()).Add(self->bytes_out());
  connection.Detached(*self, self->peer_closed_);
}

bool WebSocketTransport::open() const {
  return !peer_closed_ && !stream_.closed() && connection_->transport().get() == this;
}

async::Task<void> WebSocketTransport::Serve(std::string early) {
  if (!early.empty() && open()) {
    Take(std::span(early));
    early = {};
    co_await connection_->Process();
    Send();
  }
  const std::span<char> buffer(connection_->lane().buffer);
  while (open()) {
    const auto got = stream_.TryRead(buffer);
    if (!got || (*got && **got == 0)) break;
    if (!*got) {
      co_await stream_.Readable();
      continue;
    }
    Take(buffer.first(**got));
    if (connection_->HasInput()) co_await connection_->Process();
    Send();
    // Who does not read its answers is not read either.
    while (!connection_->outbox().HasRoom() && open()) {
      co_await io_.timers().Sleep(std::chrono::milliseconds(20));
    }
  }
  if (!peer_closed_) co_return;
  if (connection_->HasInput()) co_await connection_->Process();
  QueueClose(answer_);
  Send();
  co_await Part();
}

async::Task<void> WebSocketTransport::Part() {
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
       event.kind != websocket::EventKind::kNone && !peer_closed_; event = reader_.Next(bytes)) {
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
      peer_closed_ = true;
      break;
    case websocket::EventKind::kFailed:
      answer_ = event.code;
      peer_closed_ = failed_ = true;
      break;
    case websocket::EventKind::kPong:
    case websocket::EventKind::kNone:
      break;
  }
}

void WebSocketTransport::QueueClose(CloseCode code) {
  if (std::exchange(closing_, true)) return;
  closing_since_ = io_.timers().clock().Now();
  connection_->outbox().Add(EncodeFrame(websocket::Opcode::kClose, websocket::ClosePayload(code)));
}

void WebSocketTransport::End(bool failed) {
  QueueClose(failed ? CloseCode::kInternalError : CloseCode::kNormal);
  Send();
}

void WebSocketTransport::Look(Clock::TimePoint now) {
  LiveStream::Tick(now);
  if (closing_ && now - closing_since_ >= connection_->services().times.close_timeout) CloseSoon();
}

void WebSocketTransport::OnRoom() { connection_->RoomAgain(); }

void WebSocketTransport::OnStuck() { connection_->TellStuck(); }

}  // namespace notify::agent::ingress::signalr
