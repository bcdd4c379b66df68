#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>

#include "agent/async/asio/asio_thread.hpp"
#include "agent/async/runtime.hpp"

namespace notify::agent::async {

/// Sockets that name their io_context: one that could be of any executor keeps 48 bytes more for
/// itself, and as many for each wait.
template <typename Protocol>
using AsioSocketOf =
    boost::asio::basic_stream_socket<Protocol, boost::asio::io_context::executor_type>;
using AsioSocket = AsioSocketOf<boost::asio::generic::stream_protocol>;

/// A TCP or Unix socket: tries by recv and sendmsg, waits by Asio.
/// Threads:  the executor of the IoThread it lives on.
class AsioStream final : public Stream {
 public:
  AsioStream(AsioSocket socket, Peer peer);
  ~AsioStream() override;

  Result<std::optional<std::size_t>> TryRead(std::span<char> buffer) override;
  Result<std::size_t> TryWrite(std::span<const std::string_view> parts) override;
  void Close() override;
  bool closed() const override { return closed_; }
  void ShutdownWrite() override;
  std::size_t Unacknowledged() const override;
  const Peer& peer() const override { return peer_; }
  void StartWait(Direction direction, Waiter* waiter) override;

  /// Gives the descriptor away; the stream is closed afterwards.
  AsioSocket Release(boost::asio::io_context& to);

 private:
  mutable AsioSocket socket_;  // Asio has no const way to its descriptor.
  const Peer peer_;
  bool closed_ = false;
};

/// Listens at `at` for `thread`.
Result<std::unique_ptr<Listener>> ListenAsio(AsioThread& thread, const Endpoint& at,
                                             IoThread::Share share);

/// Connects from `thread` within `limit`.
Task<Result<std::unique_ptr<Stream>>> ConnectAsio(AsioThread& thread, Timers& timers, Endpoint to,
                                                  Clock::Duration limit);

/// Who is at the other end of a connected socket.
Peer DescribePeer(AsioSocket& socket);

}  // namespace notify::agent::async
