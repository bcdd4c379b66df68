#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <memory>
#include <vector>

#include "agent/async/asio/asio_stream.hpp"

namespace notify::agent::async {
namespace {

using boost::asio::ip::tcp;
using UnixProtocol = boost::asio::local::stream_protocol;
using ErrorCode = boost::system::error_code;

Error CannotListen(const Endpoint& at, const ErrorCode& ec) {
  if (ec == boost::asio::error::address_in_use) {
    return Fail(Errc::kConflict, at.ToString() + " is in use by another process.",
                "Choose another address with --listen HOST:PORT, or stop the other process.");
  }
  return Fail(Errc::kUnavailable, "Cannot listen at " + at.ToString() + ": " + ec.message() + ".");
}

/// An acceptor's socket as the agent's Listener. `Acceptor` is Asio's TCP or Unix acceptor.
template <typename Protocol>
class AsioListener final : public Listener {
 public:
  using Acceptor = typename Protocol::acceptor;

  AsioListener(AsioThread& thread, Acceptor acceptor, Endpoint local)
      : thread_(thread), acceptor_(std::move(acceptor)), local_(std::move(local)) {}
  ~AsioListener() override { Close(); }

  Task<Result<std::unique_ptr<Stream>>> Accept() override {
    while (acceptor_.is_open()) {
      ErrorCode ec;
      AsioSocketOf<Protocol> accepted(thread_.context());
      acceptor_.accept(accepted, ec);
      if (!ec) {
        AsioSocket socket(std::move(accepted));
        Peer peer = DescribePeer(socket);
        co_return std::make_unique<AsioStream>(std::move(socket), std::move(peer));
      }
      if (ec != boost::asio::error::would_block && ec != boost::asio::error::try_again &&
          ec != boost::asio::error::connection_aborted) {
        co_return Fail(Errc::kOverloaded, "Cannot accept a connection: " + ec.message() + ".");
      }
      co_await Ready{acceptor_};
    }
    co_return Fail(Errc::kUnavailable, "The listener is closed.");
  }

  void Close() override {
    ErrorCode ignored;
    if (acceptor_.is_open() && local_.kind == Endpoint::Kind::kUnix) ::unlink(local_.host.c_str());
    acceptor_.close(ignored);
  }

  const Endpoint& local() const override { return local_; }

 private:
  struct Ready {
    Acceptor& acceptor;
    ResumePoint point{};
    bool await_ready() const noexcept { return false; }
    template <typename P>
    void await_suspend(std::coroutine_handle<P> caller) {
      point = PointOf(caller);
      acceptor.async_wait(Acceptor::wait_read, [this](const ErrorCode&) { point.ResumeHere(); });
    }
    void await_resume() const noexcept {}
  };

  AsioThread& thread_;
  Acceptor acceptor_;
  const Endpoint local_;
};

template <typename Protocol>
ErrorCode OpenAcceptor(typename Protocol::acceptor& acceptor,
                       const typename Protocol::endpoint& endpoint, bool share_port) {
  ErrorCode ec;
  acceptor.open(endpoint.protocol(), ec);
  if (ec) return ec;
  if (share_port) {
    const int one = 1;
    ::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    ::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
  }
  acceptor.bind(endpoint, ec);
  if (!ec) acceptor.listen(4096, ec);
  if (!ec) acceptor.non_blocking(true, ec);
  return ec;
}

/// Whether another process listens there: a socket without SO_REUSEPORT cannot bind then.
bool TakenByAnother(AsioThread& thread, const tcp::endpoint& endpoint) {
  tcp::acceptor probe(thread.context());
  ErrorCode ec;
  probe.open(endpoint.protocol(), ec);
  probe.set_option(tcp::acceptor::reuse_address(true), ec);
  probe.bind(endpoint, ec);
  return ec == boost::asio::error::address_in_use;
}

Result<std::unique_ptr<Listener>> ListenTcp(AsioThread& thread, const Endpoint& at,
                                            IoThread::Share share) {
  ErrorCode ec;
  const auto address =
      boost::asio::ip::make_address(at.host == "localhost" ? "127.0.0.1" : at.host, ec);
  if (ec) {
    return Fail(Errc::kInvalidArgument, "'" + at.host + "' is not an IP address to listen at.",
                "Write an address of this machine, as in 127.0.0.1:7800 or 0.0.0.0:7800.");
  }
  const tcp::endpoint endpoint(address, at.port);
  if (share == IoThread::Share::kFirst && at.port != 0 && TakenByAnother(thread, endpoint)) {
    return CannotListen(at, boost::asio::error::address_in_use);
  }
  tcp::acceptor acceptor(thread.context());
  ec = OpenAcceptor<tcp>(acceptor, endpoint, true);
  if (ec) return CannotListen(at, ec);
  Endpoint local = at;
  local.port = acceptor.local_endpoint(ec).port();
  return std::unique_ptr<Listener>(
      std::make_unique<AsioListener<tcp>>(thread, std::move(acceptor), std::move(local)));
}

bool FitsUnixPath(const std::string& path) { return path.size() < sizeof(sockaddr_un{}.sun_path); }

Result<std::unique_ptr<Listener>> ListenUnix(AsioThread& thread, const Endpoint& at) {
  if (!FitsUnixPath(at.host)) {
    return Fail(Errc::kInvalidArgument, "The socket's path is too long for this system: " + at.host,
                "Choose a shorter one with --socket PATH.");
  }
  ::unlink(at.host.c_str());  // The data folder's lock is ours: what lies here is left over.
  UnixProtocol::acceptor acceptor(thread.context());
  const mode_t before = ::umask(0177);
  const ErrorCode ec = OpenAcceptor<UnixProtocol>(acceptor, UnixProtocol::endpoint(at.host), false);
  ::umask(before);
  if (ec) return CannotListen(at, ec);
  return std::unique_ptr<Listener>(
      std::make_unique<AsioListener<UnixProtocol>>(thread, std::move(acceptor), at));
}

/// One attempt to connect, raced against a timer.
struct Connecting {
  AsioSocket& socket;
  AsioSocket::endpoint_type endpoint;
  Timers& timers;
  Clock::Duration limit;
  ResumePoint point{};
  ErrorCode result{};
  bool timed_out = false;

  bool await_ready() const noexcept { return false; }
  template <typename P>
  void await_suspend(std::coroutine_handle<P> caller) {
    point = PointOf(caller);
    const TimerId timer = timers.After(limit, [this] {
      timed_out = true;
      ErrorCode ignored;
      socket.close(ignored);
    });
    socket.async_connect(endpoint, [this, timer](const ErrorCode& ec) {
      timers.Cancel(timer);
      result = ec;
      point.ResumeHere();
    });
  }
  void await_resume() const noexcept {}
};

/// The addresses of a name. Asked in the system's own time, so that it may outlive who asked.
struct Resolution {
  explicit Resolution(AsioThread& thread) : resolver(thread.context()) {}
  tcp::resolver resolver;
  std::vector<AsioSocket::endpoint_type> found;
  ResumePoint point{};
  TimerId timer{};
  bool timed_out = false;
};

/// Asks for the addresses of `to`, at most for `limit`.
struct Resolving {
  std::shared_ptr<Resolution> state;
  const Endpoint& to;
  Timers& timers;
  Clock::Duration limit;

  /// An address needs no question, and no thread to ask it.
  bool await_ready() const {
    ErrorCode ec;
    const auto address = boost::asio::ip::make_address(to.host, ec);
    if (!ec) state->found.emplace_back(tcp::endpoint(address, to.port));
    return !ec;
  }
  template <typename P>
  void await_suspend(std::coroutine_handle<P> caller) {
    state->point = PointOf(caller);
    state->timer = timers.After(limit, [held = state] {
      held->timed_out = true;
      held->point.ResumeHere();
    });
    state->resolver.async_resolve(
        to.host, std::to_string(to.port),
        [held = state, &ringing = timers](const ErrorCode&, tcp::resolver::results_type results) {
          if (held->timed_out) return;
          ringing.Cancel(held->timer);
          for (const auto& entry : results) held->found.emplace_back(entry.endpoint());
          held->point.ResumeHere();
        });
  }
  void await_resume() const noexcept {}
};

}  // namespace

Result<std::unique_ptr<Listener>> ListenAsio(AsioThread& thread, const Endpoint& at,
                                             IoThread::Share share) {
  return at.kind == Endpoint::Kind::kUnix ? ListenUnix(thread, at) : ListenTcp(thread, at, share);
}

Task<Result<std::unique_ptr<Stream>>> ConnectAsio(AsioThread& thread, Timers& timers, Endpoint to,
                                                  Clock::Duration limit) {
  std::vector<AsioSocket::endpoint_type> candidates;
  const Clock::TimePoint until = timers.clock().Now() + limit;
  bool timed_out = false;
  std::string why = "the name is not known";
  if (to.kind == Endpoint::Kind::kUnix && !FitsUnixPath(to.host)) {
    why = "the path is too long for a socket";  // Asio would throw.
  } else if (to.kind == Endpoint::Kind::kUnix) {
    candidates.emplace_back(UnixProtocol::endpoint(to.host));
  } else {
    const auto resolution = std::make_shared<Resolution>(thread);
    Resolving resolving{resolution, to, timers, limit};
    co_await resolving;
    candidates = resolution->found;
    timed_out = resolution->timed_out;
  }
  for (const auto& endpoint : candidates) {
    AsioSocket socket(thread.context());
    Connecting connecting{socket, endpoint, timers, until - timers.clock().Now()};
    co_await connecting;
    // The timer may win after the system connected: the socket is closed then.
    if (!connecting.result && !connecting.timed_out) {
      Peer peer = DescribePeer(socket);
      co_return std::make_unique<AsioStream>(std::move(socket), std::move(peer));
    }
    timed_out = connecting.timed_out;
    why = connecting.result.message();
  }
  if (timed_out) {
    co_return Fail(Errc::kUpstreamTimeout, to.ToString() + " did not answer in time.");
  }
  co_return Fail(Errc::kUpstreamUnreachable,
                 "Cannot connect to " + to.ToString() + ": " + why + ".");
}

}  // namespace notify::agent::async
