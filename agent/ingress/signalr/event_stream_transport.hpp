#pragma once

#include <memory>
#include <string>

#include "agent/ingress/http/exchange.hpp"
#include "agent/ingress/live/live_stream.hpp"
#include "agent/ingress/signalr/transport.hpp"

namespace notify::agent::ingress::signalr {

class HubConnection;

/// Server-sent events that carry a connection's downward half (signalr.md 4); what the client sends
/// comes by POST.
///
/// Lifetime: shared by its connection and its own task, Run().
/// Threads:  its connection's.
class EventStreamTransport final : public LiveStream, public Transport {
 public:
  EventStreamTransport(std::shared_ptr<HubConnection> connection,
                       std::unique_ptr<async::Stream> stream, ConnectionPlace place);

  /// Writes the answer's `head`, then carries the connection until the client lets go.
  static async::Task<void> Run(std::shared_ptr<EventStreamTransport> self, std::string head);

  void Write() override { Send(); }
  void End(bool failed) override;
  void Abort() override { Abandon(); }
  std::size_t Unacknowledged() const override { return stream_.Unacknowledged(); }
  void Look(Clock::TimePoint now) override;

 protected:
  void OnRoom() override;
  void OnStuck() override;
  void OnEmpty() override;

 private:
  // Shared with its table; a transport may end later.
  const std::shared_ptr<HubConnection> connection_;
  const std::unique_ptr<async::Stream> owned_;
  const ConnectionPlace place_;
  bool ending_ = false;
  Clock::TimePoint ending_since_{};
};

}  // namespace notify::agent::ingress::signalr
