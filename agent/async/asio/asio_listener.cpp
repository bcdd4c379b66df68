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

  AsioListener(Acceptor acceptor, Endpoint local)
      : acceptor_(std::move(acceptor)), local_(std::move(local)) {}
  ~AsioListener() override { Close(); }

  Task<Result<std::unique_ptr<Stream>>> Accept() override {
    while (acceptor_.is_open()) {
      ErrorCode ec;
      typename Protocol::socket accepted(acceptor_.get_executor());
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
      std::make_unique<AsioListener<tcp>>(std::move(acceptor), std::move(local)));
}

Result<std::unique_ptr<Listener>> ListenUnix(AsioThread& thread, const Endpoint& at) {
  if (at.host.size() >= sizeof(sockaddr_un{}.sun_path)) {
    return Fail(Errc::kInvalidArgument,
                "The socket's path is too long for this system: " + at.host,
                "Choose a shorter one with --socket PATH.");
  }
  ::unlink(at.host.c_str());  // The data folder's lock is ours: what lies here is left over.
  UnixProtocol::acceptor acceptor(thread.context());
  const mode_t before = ::umask(0177);
  const ErrorCode ec = OpenAcceptor<UnixProtocol>(acceptor, UnixProtocol::endpoint(at.host), false);
  ::umask(before);
  if (ec) return CannotListen(at, ec);
  return std::unique_ptr<Listener>(
      std::make_unique<AsioListener<UnixProtocol>>(std::move(acceptor), at));
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

struct Resolving {
  tcp::resolver& resolver;
  std::string host;
  std::string service;
  ResumePoint point{};
  ErrorCode result{};
  tcp::resolver::results_type found{};

  bool await_ready() const noexcept { return false; }
  template <typename P>
  void await_suspend(std::coroutine_handle<P> caller) {
    point = PointOf(caller);
    resolver.async_resolve(host, service,
                           [this](const ErrorCode& ec, tcp::resolver::results_type results) {
                             result = ec;
                             found = std::move(results);
                             point.ResumeHere();
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
  if (to.kind == Endpoint::Kind::kUnix) {
    candidates.emplace_back(UnixProtocol::endpoint(to.host));
  } else {
    tcp::resolver resolver(thread.context());
    Resolving resolving{resolver, to.host, std::to_string(to.port)};
    co_await resolving;
    for (const auto& entry : resolving.found) candidates.emplace_back(entry.endpoint());
  }
  bool timed_out = false;
  std::string why = "the name is not known";
  for (const auto& endpoint : candidates) {
    AsioSocket socket(thread.context());
    Connecting connecting{socket, endpoint, timers, limit};
    co_await connecting;
    if (!connecting.result) {
      Peer peer = DescribePeer(socket);
      co_return std::make_unique<AsioStream>(std::move(socket), std::move(peer));
    }
    timed_out = connecting.timed_out;
    why = connecting.result.message();
  }
  if (timed_out) {
    co_return Fail(Errc::kUpstreamTimeout, to.ToString() + " did not answer in time.");
  }
  co_return Fail(Errc::kUpstreamUnreachable, "Cannot connect to " + to.ToString() + ": " + why + ".");
}

}  // namespace notify::agent::async
