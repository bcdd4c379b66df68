#include "agent/async/asio/asio_stream.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/container/static_vector.hpp>
#include <cerrno>
#include <cstring>

namespace notify::agent::async {
namespace {

Error Lost(const char* doing) {
  return Fail(Errc::kUnavailable, std::string("Connection lost while ") + doing + ".");
}

}  // namespace

AsioStream::AsioStream(AsioSocket socket, Peer peer)
    : socket_(std::move(socket)), peer_(std::move(peer)) {
  boost::system::error_code ignored;
  socket_.non_blocking(true, ignored);
  const int one = 1;  // Has no effect on a Unix socket.
  ::setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

AsioStream::~AsioStream() { Close(); }

Result<std::optional<std::size_t>> AsioStream::TryRead(std::span<char> buffer) {
  if (closed_) return Lost("reading");
  while (true) {
    const ssize_t got = ::recv(socket_.native_handle(), buffer.data(), buffer.size(), 0);
    if (got >= 0) return std::optional(static_cast<std::size_t>(got));
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return std::optional<std::size_t>();
    return Lost("reading");
  }
}

Result<std::size_t> AsioStream::TryWrite(std::span<const std::string_view> parts) {
  if (closed_) return Lost("writing");
  // Only what is used is written to: 64 empty pieces would be a kilobyte a call.
  boost::container::static_vector<iovec, 64> pieces;
  for (const std::string_view part : parts.first(std::min(parts.size(), pieces.capacity()))) {
    pieces.push_back({const_cast<char*>(part.data()), part.size()});
  }
  msghdr message{};
  message.msg_iov = pieces.data();
  message.msg_iovlen = pieces.size();
  while (true) {
    // send() has less to look at.
    const ssize_t taken =
        pieces.size() == 1
            ? ::send(socket_.native_handle(), parts[0].data(), parts[0].size(), MSG_NOSIGNAL)
            : ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL);
    if (taken >= 0) return static_cast<std::size_t>(taken);
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return std::size_t{0};
    return Lost("writing");
  }
}

void AsioStream::Close() {
  if (closed_) return;
  closed_ = true;
  boost::system::error_code ignored;
  socket_.close(ignored);  // Completes pending waits in a later turn.
}

void AsioStream::ShutdownWrite() {
  boost::system::error_code ignored;
  if (!closed_) socket_.shutdown(AsioSocket::shutdown_send, ignored);
}

std::size_t AsioStream::Unacknowledged() const {
  int bytes = 0;
  if (closed_ || ::ioctl(socket_.native_handle(), TIOCOUTQ, &bytes) != 0) return 0;
  return static_cast<std::size_t>(bytes);
}

void AsioStream::StartWait(Direction direction, Waiter* waiter) {
  // Two closures of one pointer each: what waits is kept for every idle connection.
  if (direction == Direction::kRead) {
    socket_.async_wait(AsioSocket::wait_read, [waiter](const boost::system::error_code&) {
      waiter->Fire(Direction::kRead);
    });
  } else {
    socket_.async_wait(AsioSocket::wait_write, [waiter](const boost::system::error_code&) {
      waiter->Fire(Direction::kWrite);
    });
  }
}

AsioSocket AsioStream::Release(boost::asio::io_context& to) {
  closed_ = true;
  const int domain = peer_.local_uid ? AF_UNIX : AF_INET;
  AsioSocket moved(to);
  boost::system::error_code ec;
  const int descriptor = socket_.release(ec);
  moved.assign(boost::asio::generic::stream_protocol(domain, 0), descriptor, ec);
  return moved;
}

Peer DescribePeer(AsioSocket& socket) {
  Peer peer;
  boost::system::error_code ec;
  const auto remote = socket.remote_endpoint(ec);
  if (remote.protocol().family() == AF_UNIX) {
    ucred credentials{};
    socklen_t size = sizeof credentials;
    peer.address = "unix";
    peer.loopback = true;
    if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0) {
      peer.local_uid = credentials.uid;
    }
    return peer;
  }
  boost::asio::ip::tcp::endpoint tcp;
  if (!ec && remote.size() <= tcp.capacity()) {
    std::memcpy(tcp.data(), remote.data(), remote.size());
    tcp.resize(remote.size());
    peer.address = tcp.address().to_string(ec);
    peer.loopback = tcp.address().is_loopback();
  }
  return peer;
}

}  // namespace notify::agent::async
