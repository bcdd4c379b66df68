#include "tests/support/sim/sim_stream.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace notify::testing_support::sim {
namespace {

Error Lost(const char* doing) {
  return Fail(Errc::kUnavailable, std::string("Connection lost while ") + doing + ".");
}

void Fire(SimExecutor* executor, async::Stream::Waiter*& waiter,
          async::Stream::Direction direction) {
  if (waiter == nullptr) return;
  executor->Post([fired = std::exchange(waiter, nullptr), direction] { fired->Fire(direction); });
}

}  // namespace

SimConnection::SimConnection(SimNetwork& n, SimExecutor& client, SimExecutor& server) : network(n) {
  ends[0].executor = &client;
  ends[1].executor = &server;
}

std::size_t SimConnection::Room(int side) const {
  const SimEnd& to = ends[static_cast<std::size_t>(1 - side)];
  const std::size_t used = to.arrived.size() + to.in_flight;
  return network.options().buffer - std::min(used, network.options().buffer);
}

bool SimConnection::CanRead(int side) const {
  const SimEnd& end = ends[static_cast<std::size_t>(side)];
  return end.closed || end.lost || end.end_arrived || !end.arrived.empty();
}

bool SimConnection::CanWrite(int side) const {
  const SimEnd& end = ends[static_cast<std::size_t>(side)];
  return end.closed || end.lost || ends[static_cast<std::size_t>(1 - side)].end_sent ||
         Room(side) > 0;
}

Result<std::optional<std::size_t>> SimConnection::TryRead(int side, std::span<char> buffer) {
  SimEnd& end = This(side);
  // As Linux does: what arrived before the loss, and was acknowledged, can still be read.
  if (end.closed || (end.lost && end.arrived.empty())) return Lost("reading");
  if (end.arrived.empty()) {
    if (end.end_arrived) return std::optional<std::size_t>(0);
    return std::optional<std::size_t>();
  }
  Dice& dice = network.dice();
  if (!std::exchange(end.read_promised, false) && dice.OneIn(network.options().block_one_in)) {
    return std::optional<std::size_t>();
  }
  std::size_t size = std::min(buffer.size(), end.arrived.size());
  if (size > 1 && dice.OneIn(network.options().short_one_in)) size = 1 + dice.Below(size);
  end.arrived.copy(buffer.data(), size);
  end.arrived.erase(0, size);
  if (!half_open) {
    network.machine().At(network.machine().clock().Now() + network.Delay(),
                         [self = shared_from_this(), side] { self->WakeWriter(1 - side); });
  }
  return std::optional(size);
}

Result<std::size_t> SimConnection::TryWrite(int side, std::span<const std::string_view> parts) {
  SimEnd& end = This(side);
  if (end.closed || end.lost || Other(side).end_sent) return Lost("writing");
  Dice& dice = network.dice();
  if (!std::exchange(end.write_promised, false) && dice.OneIn(network.options().block_one_in)) {
    return std::size_t{0};
  }
  std::string bytes;
  for (const std::string_view part : parts) bytes += part.substr(0, Room(side) - bytes.size());
  if (bytes.size() > 1 && dice.OneIn(network.options().short_one_in)) {
    bytes.resize(1 + dice.Below(bytes.size()));
  }
  const std::size_t size = bytes.size();
  if (size == 0) return size;
  Other(side).in_flight += size;
  Send(Other(side), [this, side, sent = std::move(bytes)] {
    SimEnd& to = Other(side);
    // Nobody acknowledges it.
    if (to.closed || to.lost) return Lose(side);
    to.in_flight -= sent.size();
    to.arrived += sent;
    WakeReader(1 - side);
  });
  return size;
}

void SimConnection::Send(SimEnd& to, async::Closure action) {
  SimMachine& machine = network.machine();
  to.last_arrival = std::max(to.last_arrival, machine.clock().Now() + network.Delay());
  machine.At(to.last_arrival, [self = shared_from_this(), arrive = std::move(action)]() mutable {
    if (!self->half_open) arrive();
  });
}

void SimConnection::StartWait(int side, async::Stream::Direction direction,
                              async::Stream::Waiter* waiter) {
  SimEnd& end = This(side);
  const bool reads = direction == async::Stream::Direction::kRead;
  auto*& place = reads ? end.reader : end.writer;
  if (place != nullptr) {
    std::fputs("SimStream: two coroutines wait for the same direction of one stream.\n", stderr);
    std::abort();
  }
  place = waiter;
  if (reads && CanRead(side)) WakeReader(side);
  if (!reads && CanWrite(side)) WakeWriter(side);
}

void SimConnection::WakeReader(int side) {
  SimEnd& end = This(side);
  if (end.reader != nullptr) end.read_promised = true;
  Fire(end.executor, end.reader, async::Stream::Direction::kRead);
}

void SimConnection::WakeWriter(int side) {
  SimEnd& end = This(side);
  if (end.writer == nullptr || !CanWrite(side)) return;
  end.write_promised = true;
  Fire(end.executor, end.writer, async::Stream::Direction::kWrite);
}

void SimConnection::Shutdown(int side) {
  SimEnd& to = Other(side);
  if (std::exchange(to.end_sent, true)) return;
  Send(to, [this, side] {
    Other(side).end_arrived = true;
    WakeReader(1 - side);
  });
  WakeWriter(side);
}

void SimConnection::Close(int side) {
  SimEnd& end = This(side);
  if (std::exchange(end.closed, true)) return;
  WakeReader(side);
  WakeWriter(side);
  // As TCP does: closing with bytes unread resets, and the other end may lose what was sent to it.
  if (!end.arrived.empty()) {
    if (!half_open) Lose(1 - side);
    return;
  }
  Shutdown(side);
}

void SimConnection::Lose(int side) {
  SimMachine& machine = network.machine();
  machine.At(machine.clock().Now() + network.Delay(), [self = shared_from_this(), side] {
    self->This(side).lost = true;
    self->WakeReader(side);
    self->WakeWriter(side);
  });
}

Result<std::optional<std::size_t>> SimStream::TryRead(std::span<char> buffer) {
  if (closed_) return Lost("reading");
  return connection_->TryRead(side_, buffer);
}

Result<std::size_t> SimStream::TryWrite(std::span<const std::string_view> parts) {
  if (closed_) return Lost("writing");
  return connection_->TryWrite(side_, parts);
}

void SimStream::Close() {
  if (!std::exchange(closed_, true)) connection_->Close(side_);
}

void SimStream::ShutdownWrite() {
  if (!closed_) connection_->Shutdown(side_);
}

std::size_t SimStream::Unacknowledged() const {
  return connection_->ends[static_cast<std::size_t>(1 - side_)].in_flight;
}

void SimStream::StartWait(Direction direction, Waiter* waiter) {
  connection_->StartWait(side_, direction, waiter);
}

std::unique_ptr<SimStream> SimStream::MoveTo(SimExecutor& executor) {
  connection_->ends[static_cast<std::size_t>(side_)].executor = &executor;
  closed_ = true;
  return std::make_unique<SimStream>(connection_, side_, peer_);
}

}  // namespace notify::testing_support::sim
