#include "agent/ingress/http/http_server.hpp"

#include <utility>

#include "agent/async/run_on.hpp"
#include "agent/ingress/http/connection.hpp"

namespace notify::agent::ingress {

/// The part of the server that lives on one I/O thread.
class HttpServer::Lane {
 public:
  Lane(HttpServer& server, std::size_t index)
      : server_(server), io_(server.runtime_.io(index)), index_(index), group_(io_.executor()) {}

  async::IoThread& io() { return io_; }
  std::size_t connections() const { return count_.load(std::memory_order_relaxed); }

  Result<async::Endpoint> Listen(const async::Endpoint& at, async::IoThread::Share share) {
    auto listener = io_.Listen(at, share);
    if (!listener) return listener.error();
    async::Endpoint local = (*listener)->local();
    listeners_.push_back(std::move(*listener));
    group_.Spawn(AcceptAll(*listeners_.back()));
    return local;
  }

  /// Serves a stream that lives on this thread.
  void Serve(std::unique_ptr<async::Stream> stream) {
    if (group_.stopping()) return;
    count_.fetch_add(1, std::memory_order_relaxed);
    group_.Spawn(Run(std::move(stream)));
  }

  void StopAccepting() {
    draining_ = true;
    for (auto& listener : listeners_) listener->Close();
  }

  async::Task<void> Stop() {
    StopAccepting();
    co_await group_.Stop();
    listeners_.clear();
  }

 private:
  async::Task<void> AcceptAll(async::Listener& listener) {
    while (true) {
      auto accepted = co_await listener.Accept();
      if (!accepted && accepted.error().code == Errc::kUnavailable) break;
      if (!accepted) {
        // No descriptor left, most likely: others must end before it is worth asking again.
        co_await io_.timers().Sleep(std::chrono::milliseconds(100));
        continue;
      }
      Deal(std::move(*accepted));
    }
  }

  void Deal(std::unique_ptr<async::Stream> stream) {
    if (server_.connections_.fetch_add(1) >= server_.limits_.max_connections) {
      server_.connections_.fetch_sub(1);
      return;  // Closed unserved: there is no descriptor to spare for telling why.
    }
    Lane& lane = stream->peer().local_uid
                     ? *server_.lanes_[server_.next_lane_.fetch_add(1) % server_.lanes_.size()]
                     : server_.LaneFor(index_);
    if (&lane == this) {
      Serve(std::move(stream));
      return;
    }
    lane.io().executor().Post([&lane, moved = std::move(stream)]() mutable {
      lane.Serve(lane.io().Adopt(std::move(moved)));
    });
  }

  async::Task<void> Run(std::unique_ptr<async::Stream> stream) {
    Wire wire(std::move(stream), io_, index_, server_.runtime_.clock(), server_.limits_,
              server_.connections_, count_);
    const auto close = [&wire] {
      if (wire.stream) wire.stream->Close();
    };
    async::StopHook on_stop(group_, close);
    co_await ServeConnection(wire, server_, draining_);
  }

  HttpServer& server_;
  async::IoThread& io_;
  const std::size_t index_;
  async::TaskGroup group_;
  std::vector<std::unique_ptr<async::Listener>> listeners_;
  bool draining_ = false;
  std::atomic<std::size_t> count_{0};
};

HttpServer::HttpServer(async::Runtime& runtime, HttpHandler& handler, HttpLimits limits)
    : runtime_(runtime), handler_(handler), limits_(limits) {
  for (std::size_t i = 0; i < runtime.io_threads(); ++i) {
    lanes_.push_back(std::make_unique<Lane>(*this, i));
  }
}

HttpServer::~HttpServer() = default;

HttpServer::Lane& HttpServer::LaneFor(std::size_t accepted_on) {
  Lane& own = *lanes_[accepted_on];
  const std::size_t average = connections() / lanes_.size();
  // The kernel's hash can be unlucky; a few connections more are not worth a hop.
  if (own.connections() < 16 || own.connections() * 4 <= average * 5) return own;
  return *lanes_[next_lane_.fetch_add(1) % lanes_.size()];
}

async::Task<Result<async::Endpoint>> HttpServer::Listen(async::Endpoint at) {
  const std::size_t listeners = at.kind == async::Endpoint::Kind::kTcp ? lanes_.size() : 1;
  for (std::size_t i = 0; i < listeners; ++i) {
    const auto share = i == 0 ? async::IoThread::Share::kFirst : async::IoThread::Share::kJoin;
    Lane& lane = *lanes_[i];
    const auto listen = [&] { return lane.Listen(at, share); };
    async::CallOn listening(lane.io().executor(), listen);
    auto local = co_await listening;
    if (!local) co_return local.error();
    at = std::move(*local);
  }
  co_return at;
}

async::Task<void> HttpServer::StopAccepting() {
  for (auto& lane : lanes_) {
    const auto stop = [&lane] { lane->StopAccepting(); };
    async::CallOn stopping(lane->io().executor(), stop);
    co_await stopping;
  }
}

async::Task<void> HttpServer::Handle(Exchange& exchange) {
  answering_.fetch_add(1, std::memory_order_relaxed);
  co_await handler_.Handle(exchange);
  answering_.fetch_sub(1, std::memory_order_relaxed);
}

async::Task<void> HttpServer::WaitForAnswers(async::Timers& timers, Clock::Duration limit) {
  const Clock::TimePoint until = timers.clock().Now() + limit;
  while (answering_.load(std::memory_order_relaxed) > 0 && timers.clock().Now() < until) {
    co_await timers.Sleep(std::chrono::milliseconds(5));
  }
}

async::Task<void> HttpServer::Stop() {
  for (auto& lane : lanes_) {
    async::RunOn stopping(lane->io().executor(), lane->Stop());
    co_await stopping;
  }
}

}  // namespace notify::agent::ingress
