#pragma once

#include <memory>
#include <span>
#include <string>

#include "agent/async/task_group.hpp"
#include "agent/ingress/http/exchange.hpp"
#include "agent/ingress/live/live_stream.hpp"
#include "agent/ingress/signalr/transport.hpp"

namespace notify::agent::ingress::signalr {

class HubConnection;

/// A transport over a socket that is its own from the answer's head to the end. While nothing
/// happens it is this object alone: no coroutine and no buffer waits for the client.
///
/// Lifetime: shared by its connection and by its own wait or task; its lane's tasks outlive it.
/// Threads:  its connection's.
class SocketTransport : public LiveStream, public Transport {
 public:
  /// Writes the answer's `head`, then carries the connection until the socket ends. `early` are
  /// bytes that came with the request. `self` is the transport.
  static async::Task<void> Run(std::shared_ptr<SocketTransport> self, std::string head,
                               std::string early);

  void Write() override { Send(); }
  void Abort() override { Abandon(); }
  std::size_t Unacknowledged() const override { return stream_.Unacknowledged(); }
  void Look(Clock::TimePoint now) override;
  bool watched() const override { return writing() || parting_; }

 protected:
  /// `stream` is upgraded already, but for the answer's head.
  SocketTransport(std::shared_ptr<HubConnection> connection, std::unique_ptr<async::Stream> stream,
                  ConnectionPlace place);

  /// Takes what the client sent.
  virtual void Take(std::span<char> bytes) = 0;
  /// Whether the client ended the transport on purpose.
  virtual bool ended() const = 0;
  /// What is still to be said and heard once reading is over.
  virtual async::Task<void> Part() { co_return; }

  /// The end was said: the socket is closed where the client does not do it in time.
  void ExpectEnd();
  void OnRoom() override;
  void OnFull() override;
  void OnStuck() override;

  // Shared with its table; a transport may end later.
  const std::shared_ptr<HubConnection> connection_;

 private:
  static async::Task<void> Handle(std::shared_ptr<SocketTransport> self);
  static async::Task<void> Leave(std::shared_ptr<SocketTransport> self);
  void OnReadable() override;
  void Await(std::shared_ptr<SocketTransport> self);
  /// Whether reading goes on.
  bool open() const;

  const std::unique_ptr<async::Stream> owned_;
  const ConnectionPlace place_;
  const async::TaskGroup::Hold hold_;
  // Itself, while it waits for the client.
  std::shared_ptr<SocketTransport> waiting_;
  bool gone_ = false;  // The client has gone.
  bool parting_ = false;
  Clock::TimePoint parting_since_{};
};

}  // namespace notify::agent::ingress::signalr
