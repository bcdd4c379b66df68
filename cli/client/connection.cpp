#include "cli/client/connection.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "cli/client/socket_stream.hpp"
#include "cli/client/tls_stream.hpp"

namespace notify::cli::client {
namespace {

Error Unreachable(const Endpoint& endpoint, const std::string& why) {
  const auto text = endpoint.ToString();
  if (endpoint.kind == Endpoint::Kind::kUnix) {
    return Fail(Errc::kAgentUnreachable, "No agent answers at " + text + ": " + why + ".",
                "start one with `notifyd --dev`, or name another with --endpoint");
  }
  return Fail(Errc::kAgentUnreachable, "No agent answers at " + text + ": " + why + ".",
              "start one with `notifyd --dev`, check --endpoint and NOTIFYCTL_ENDPOINT, or run "
              "`notifyctl doctor`");
}

// Finishes a connect that is under way; the error number, 0 when connected.
int AwaitConnected(int descriptor, std::chrono::milliseconds limit) {
  pollfd waiting{.fd = descriptor, .events = POLLOUT, .revents = 0};
  int ready = 0;
  do {
    ready = ::poll(&waiting, 1, static_cast<int>(limit.count()));
  } while (ready < 0 && errno == EINTR);
  if (ready == 0) return ETIMEDOUT;
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

int Connect(const sockaddr* address, socklen_t size, std::chrono::milliseconds limit, int& error) {
  const int descriptor =
      ::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) {
    error = errno;
    return -1;
  }
  error = ::connect(descriptor, address, size) == 0 ? 0 : errno;
  if (error == EINPROGRESS || error == EINTR) error = AwaitConnected(descriptor, limit);
  if (error != 0) {
    ::close(descriptor);
    return -1;
  }
  if (address->sa_family != AF_UNIX) {
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  return descriptor;
}

Result<int> OpenUnix(const Endpoint& endpoint, std::chrono::milliseconds limit) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (endpoint.path.size() >= sizeof address.sun_path) {
    return Fail(Errc::kAgentUnreachable,
                "The path of the socket is longer than the " +
                    std::to_string(sizeof address.sun_path - 1) + " bytes that the system allows.",
                "start notifyd with a shorter --socket PATH");
  }
  std::memcpy(address.sun_path, endpoint.path.data(), endpoint.path.size());
  int error = 0;
  const int descriptor =
      Connect(reinterpret_cast<const sockaddr*>(&address), sizeof address, limit, error);
  if (descriptor < 0) return Unreachable(endpoint, std::strerror(error));
  return descriptor;
}

Result<int> OpenTcp(const Endpoint& endpoint, std::chrono::milliseconds limit) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  const int failed =
      ::getaddrinfo(endpoint.host.c_str(), std::to_string(endpoint.port).c_str(), &wanted, &found);
  if (failed != 0) return Unreachable(endpoint, ::gai_strerror(failed));
  int error = ECONNREFUSED;
  int descriptor = -1;
  for (const auto* at = found; at != nullptr && descriptor < 0; at = at->ai_next) {
    descriptor = Connect(at->ai_addr, at->ai_addrlen, limit, error);
  }
  ::freeaddrinfo(found);
  if (descriptor < 0) return Unreachable(endpoint, std::strerror(error));
  return descriptor;
}

Result<int> OpenAny(const Endpoint& endpoint, std::chrono::milliseconds limit) {
  return endpoint.kind == Endpoint::Kind::kUnix ? OpenUnix(endpoint, limit)
                                                : OpenTcp(endpoint, limit);
}

}  // namespace

Result<std::unique_ptr<Connection>> Connection::Open(const Endpoint& endpoint,
                                                     std::chrono::milliseconds limit) {
  auto descriptor = OpenAny(endpoint, limit);
  if (!descriptor) return std::move(descriptor.error());
  auto socket = std::make_unique<SocketStream>(*descriptor);
  if (endpoint.kind != Endpoint::Kind::kHttps) return socket;
  return StartTls(std::move(socket), endpoint, limit);
}

Result<int> OpenSocket(const Endpoint& endpoint, std::chrono::milliseconds limit) {
  if (endpoint.kind == Endpoint::Kind::kHttps) {
    return Fail(Errc::kInvalidArgument, "A benchmark does not speak TLS.",
                "use a unix: or http:// endpoint");
  }
  return OpenAny(endpoint, limit);
}

}  // namespace notify::cli::client
