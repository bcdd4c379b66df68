#include "agent/ingress/signalr/event_stream_transport.hpp"

#include <array>
#include <utility>

#include "agent/ingress/signalr/hub_connection.hpp"

namespace notify::agent::ingress::signalr {

EventStreamTransport::EventStreamTransport(std::shared_ptr<HubConnection> connection,
                                           std::unique_ptr<async::Stream> stream,
                                           ConnectionPlace place)
    : LiveStream(*stream, connection->lane().io, connection->outbox(),
                 connection->services().times.send_timeout),
      connection_(std::move(connection)),
      owned_(std::move(stream)),
      place_(std::move(place)) {}

async::Task<void> EventStreamTransport::Run(std::shared_ptr<EventStreamTransport> self,
                                            std::string head) {
  HubConnection& connection = *self->connection_;
  // A comment first: some clients do not take the stream for open before its first byte.
  head += ":\r\n";
  if (co_await async::WriteAll(self->stream_, head) && !connection.closing()) {
    connection.Attach(self);
    head = {};
    // Nothing is expected from the client but its end.
    std::array<char, 64> ignored{};
    while (true) {
      const auto got = co_await async::ReadSome(self->stream_, ignored);
      if (!got || *got == 0) break;
    }
  }
  co_await self->Finish();
  connection.services().metrics.bytes_out.For(connection.tenant().id()).Add(self->bytes_out());
  connection.Detached(*self, true);
}

void EventStreamTransport::End(bool) {
  if (std::exchange(ending_, true)) return;
  ending_since_ = io_.timers().clock().Now();
  Send();
}

void EventStreamTransport::Look(Clock::TimePoint now) {
  LiveStream::Tick(now);
  if (ending_ && now - ending_since_ >= connection_->services().times.close_timeout) CloseSoon();
}

void EventStreamTransport::OnRoom() { connection_->RoomAgain(); }

void EventStreamTransport::OnEmpty() {
  // An event stream has no word for its end but the end.
  if (ending_) CloseSoon();
}

}  // namespace notify::agent::ingress::signalr
