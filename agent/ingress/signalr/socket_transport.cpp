#include "agent/ingress/signalr/socket_transport.hpp"

#include <utility>

#include "agent/ingress/signalr/hub_connection.hpp"

namespace notify::agent::ingress::signalr {

SocketTransport::SocketTransport(std::shared_ptr<HubConnection> connection,
                                 std::unique_ptr<async::Stream> stream, ConnectionPlace place)
    : LiveStream(*stream, connection->lane().io, connection->outbox(),
                 connection->services().times.send_timeout),
      connection_(std::move(connection)),
      owned_(std::move(stream)),
      place_(std::move(place)),
      hold_(connection_->lane().tasks) {}

async::Task<void> SocketTransport::Run(std::shared_ptr<SocketTransport> self, std::string head,
                                       std::string early) {
  HubConnection& connection = *self->connection_;
  co_await connection.Settled();
  const bool wanted = !connection.closing() && !connection.transport();
  if (wanted && co_await async::WriteAll(self->stream_, head)) {
    // Another one may have come while the head was written.
    if (connection.closing() || connection.transport()) {
      self->Abandon();
    } else {
      connection.Attach(self);
      if (!early.empty()) self->Take(early);
    }
    co_await Handle(std::move(self));
  } else {
    co_await Leave(std::move(self));
  }
}

bool SocketTransport::open() const {
  return !gone_ && !ended() && !stream_.closed() && connection_->transport().get() == this;
}

void SocketTransport::Await(std::shared_ptr<SocketTransport> self) {
  waiting_ = std::move(self);
  stream_.StartWait(async::Stream::Direction::kRead, this);
}

void SocketTransport::OnReadable() {
  auto self = std::exchange(waiting_, nullptr);
  const std::span<char> buffer(connection_->lane().buffer);
  const auto got = stream_.TryRead(buffer);
  gone_ = !got || (*got && **got == 0);
  if (!gone_ && *got && open()) Take(buffer.first(**got));
  if (open() && !connection_->HasInput() && connection_->outbox().HasRoom()) {
    Send();
    Await(std::move(self));
  } else {
    connection_->lane().tasks.Spawn(Handle(std::move(self)));
  }
}

async::Task<void> SocketTransport::Handle(std::shared_ptr<SocketTransport> self) {
  HubConnection& connection = *self->connection_;
  if (connection.HasInput()) co_await connection.Process();
  self->Send();
  // Who does not read its answers is not read either.
  while (!connection.outbox().HasRoom() && self->open()) {
    co_await self->io_.timers().Sleep(std::chrono::milliseconds(20));
  }
  if (self->open()) {
    SocketTransport& transport = *self;
    transport.Await(std::move(self));
  } else {
    co_await Leave(std::move(self));
  }
}

async::Task<void> SocketTransport::Leave(std::shared_ptr<SocketTransport> self) {
  co_await self->Part();
  co_await self->Finish();
  HubConnection& connection = *self->connection_;
  connection.services().metrics.bytes_out.For(connection.tenant().id()).Add(self->bytes_out());
  connection.Detached(*self, self->ended());
}

void SocketTransport::ExpectEnd() {
  if (std::exchange(parting_, true)) return;
  parting_since_ = io_.timers().clock().Now();
  connection_->LookSoon();
}

void SocketTransport::Look(Clock::TimePoint now) {
  LiveStream::Tick(now);
  if (parting_ && now - parting_since_ >= connection_->services().times.close_timeout) CloseSoon();
}

void SocketTransport::OnFull() { connection_->LookSoon(); }

void SocketTransport::OnRoom() { connection_->RoomAgain(); }

void SocketTransport::OnStuck() { connection_->TellStuck(); }

}  // namespace notify::agent::ingress::signalr
