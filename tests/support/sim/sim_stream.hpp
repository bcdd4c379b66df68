#pragma once

#include <array>
#include <memory>
#include <string>

#include "agent/async/stream.hpp"
#include "tests/support/sim/sim_network.hpp"

namespace notify::testing_support::sim {

/// One end of a connection.
struct SimEnd {
  SimExecutor* executor = nullptr;
  async::Stream::Waiter* reader = nullptr;
  async::Stream::Waiter* writer = nullptr;
  bool read_promised = false;  ///< A waiter was fired: the next try must move something.
  bool write_promised = false;
  bool closed = false;
  bool lost = false;

  // What this end is sent.
  std::string arrived;
  std::size_t in_flight = 0;
  Clock::TimePoint last_arrival{};
  bool end_sent = false;
  bool end_arrived = false;
};

/// A connection: two ends, and what is on its way between them. Kept alive by its streams and by
/// what is on its way.
struct SimConnection : std::enable_shared_from_this<SimConnection> {
  SimConnection(SimNetwork& n, SimExecutor& client, SimExecutor& server);

  Result<std::optional<std::size_t>> TryRead(int side, std::span<char> buffer);
  Result<std::size_t> TryWrite(int side, std::span<const std::string_view> parts);
  void StartWait(int side, async::Stream::Direction direction, async::Stream::Waiter* waiter);
  void Shutdown(int side);
  void Close(int side);
  /// This end learns, a moment later, that the connection is lost.
  void Lose(int side);

  bool CanRead(int side) const;
  bool CanWrite(int side) const;

  SimNetwork& network;
  std::array<SimEnd, 2> ends;
  bool half_open = false;

 private:
  SimEnd& Other(int side) { return ends[static_cast<std::size_t>(1 - side)]; }
  SimEnd& This(int side) { return ends[static_cast<std::size_t>(side)]; }
  std::size_t Room(int side) const;
  /// Does `action` after a delay; later than what was sent to the same end before.
  void Send(SimEnd& to, async::Closure action);
  void WakeReader(int side);
  void WakeWriter(int side);
};

/// The Stream over one end.
class SimStream final : public async::Stream {
 public:
  SimStream(std::shared_ptr<SimConnection> connection, int side, async::Peer peer)
      : connection_(std::move(connection)), side_(side), peer_(std::move(peer)) {}
  ~SimStream() override { Close(); }

  Result<std::optional<std::size_t>> TryRead(std::span<char> buffer) override;
  Result<std::size_t> TryWrite(std::span<const std::string_view> parts) override;
  void Close() override;
  bool closed() const override { return closed_; }
  std::size_t Unacknowledged() const override;
  void ShutdownWrite() override;
  const async::Peer& peer() const override { return peer_; }
  void StartWait(Direction direction, Waiter* waiter) override;

  SimConnection& connection() { return *connection_; }
  /// The same end on another virtual thread; this object is closed afterwards.
  std::unique_ptr<SimStream> MoveTo(SimExecutor& executor);

 private:
  std::shared_ptr<SimConnection> connection_;  // Shared with the other end.
  const int side_;
  const async::Peer peer_;
  bool closed_ = false;
};

}  // namespace notify::testing_support::sim
