#include "tests/support/sim/sim_network.hpp"

#include <algorithm>

#include "tests/support/sim/sim_listener.hpp"
#include "tests/support/sim/sim_stream.hpp"

namespace notify::testing_support::sim {
namespace {

bool Loopback(const std::string& address) {
  return address.starts_with("127.") || address == "::1";
}

std::string NameOf(async::Endpoint endpoint) {
  if (endpoint.host == "localhost") endpoint.host = "127.0.0.1";
  return endpoint.ToString();
}

}  // namespace

Clock::Duration SimNetwork::Delay() {
  const auto spread = static_cast<std::uint64_t>((options_.max_delay - options_.min_delay).count());
  // Most messages are fast; one in eight takes its time.
  const std::uint64_t reach = dice_.OneIn(8) ? spread : spread / 32;
  return options_.min_delay + Clock::Duration(dice_.Below(reach + 1));
}

Result<std::unique_ptr<async::Listener>> SimNetwork::Listen(SimExecutor& on, async::Endpoint at,
                                                            async::IoThread::Share share) {
  if (at.kind == async::Endpoint::Kind::kTcp && at.port == 0) at.port = ++last_port_;
  auto& there = listeners_[NameOf(at)];
  if (share == async::IoThread::Share::kFirst && !there.empty()) {
    return Fail(Errc::kConflict, at.ToString() + " is in use by another process.",
                "Choose another address with --listen HOST:PORT, or stop the other process.");
  }
  auto listener = std::make_unique<SimListener>(*this, on, std::move(at));
  there.push_back(listener.get());
  return std::unique_ptr<async::Listener>(std::move(listener));
}

void SimNetwork::Forget(SimListener& listener) {
  std::erase(listeners_[NameOf(listener.local())], &listener);
}

std::vector<SimListener*> SimNetwork::ListenersAt(const async::Endpoint& to) {
  std::vector<SimListener*> found = listeners_[NameOf(to)];
  for (const char* any : {"0.0.0.0", "::"}) {
    if (to.kind != async::Endpoint::Kind::kTcp) break;
    const auto& more = listeners_[NameOf({to.kind, any, to.port})];
    found.insert(found.end(), more.begin(), more.end());
  }
  return found;
}

async::Peer SimNetwork::ClientPeer(const async::Endpoint& to) const {
  if (to.kind == async::Endpoint::Kind::kUnix) return {"unix", true, client_uid_};
  return {client_address_, Loopback(client_address_), {}};
}

Result<std::unique_ptr<async::Stream>> SimNetwork::Dial(SimExecutor& on,
                                                        const async::Endpoint& to) {
  const auto candidates = ListenersAt(to);
  if (candidates.empty()) {
    return Fail(Errc::kUpstreamUnreachable,
                "Cannot connect to " + to.ToString() + ": Connection refused.");
  }
  SimListener& listener = *candidates[dice_.Below(candidates.size())];
  auto connection = std::make_shared<SimConnection>(*this, on, listener.executor());
  std::erase_if(connections_, [](const auto& known) { return known.expired(); });
  connections_.push_back(connection);
  listener.Push(std::make_unique<SimStream>(connection, 1, ClientPeer(to)));
  async::Peer server = ClientPeer(to);
  if (to.kind == async::Endpoint::Kind::kTcp) {
    server.address = to.host == "localhost" ? "127.0.0.1" : to.host;
    server.loopback = Loopback(server.address);
  }
  return std::unique_ptr<async::Stream>(
      std::make_unique<SimStream>(connection, 0, std::move(server)));
}

async::Task<Result<std::unique_ptr<async::Stream>>> SimNetwork::Connect(SimExecutor& on,
                                                                        async::Timers& timers,
                                                                        async::Endpoint to,
                                                                        Clock::Duration limit) {
  const Clock::Duration delay = Delay();
  if (unreachable_.contains(NameOf(to)) || delay > limit) {
    co_await timers.Sleep(limit);
    co_return Fail(Errc::kUpstreamTimeout, to.ToString() + " did not answer in time.");
  }
  co_await timers.Sleep(delay);
  co_return Dial(on, to);
}

std::unique_ptr<async::Stream> SimNetwork::Adopt(SimExecutor& on,
                                                 std::unique_ptr<async::Stream> stream) {
  return static_cast<SimStream&>(*stream).MoveTo(on);
}

void SimNetwork::Cut(async::Stream& stream) {
  SimConnection& connection = static_cast<SimStream&>(stream).connection();
  connection.Lose(0);
  connection.Lose(1);
}

void SimNetwork::CutAll() {
  for (const auto& known : connections_) {
    if (const auto connection = known.lock()) {
      connection->Lose(0);
      connection->Lose(1);
    }
  }
}

void SimNetwork::HalfOpen(async::Stream& stream) {
  static_cast<SimStream&>(stream).connection().half_open = true;
}

void SimNetwork::SetUnreachable(const async::Endpoint& to, bool unreachable) {
  if (unreachable) {
    unreachable_.insert(NameOf(to));
  } else {
    unreachable_.erase(NameOf(to));
  }
}

std::size_t SimNetwork::connections() const {
  return static_cast<std::size_t>(
      std::count_if(connections_.begin(), connections_.end(), [](const auto& known) {
        const auto connection = known.lock();
        return connection && !connection->ends[0].closed && !connection->ends[1].closed;
      }));
}

}  // namespace notify::testing_support::sim
