#include "cli/client/socket_stream.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace notify::cli::client {
namespace {

// As many answers as a client may leave unread; then it must read before it writes on.
constexpr std::size_t kMostEarly = 16 << 20;

Error Broken(int code) {
  return Fail(Errc::kAgentUnreachable,
              std::string("The connection to the agent broke: ") + std::strerror(code) + ".",
              "see whether it still runs: notifyctl agent status");
}

}  // namespace

SocketStream::~SocketStream() { ::close(descriptor_); }

Status SocketStream::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(n));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return Broken(errno);
    constexpr int kStalledMs = 60'000;
    const short events = early_.size() < kMostEarly ? POLLOUT | POLLIN : POLLOUT;
    pollfd waiting{.fd = descriptor_, .events = events, .revents = 0};
    if (::poll(&waiting, 1, kStalledMs) == 0) {
      return Fail(Errc::kTimeout, "The agent has not taken a byte for a minute.");
    }
    if ((waiting.revents & POLLIN) != 0) {
      if (auto taken = TakeEarly(); !taken) return taken;
    }
  }
  return {};
}

Status SocketStream::TakeEarly() {
  std::array<char, 16 * 1024> buffer;  // NOLINT: filled by recv
  const auto n = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
  if (n > 0) early_.append(buffer.data(), static_cast<std::size_t>(n));
  if (n == 0) return Broken(EPIPE);
  if (n < 0 && errno != EAGAIN && errno != EINTR) return Broken(errno);
  return {};
}

Result<std::size_t> SocketStream::Read(std::span<char> into, std::chrono::milliseconds limit,
                                       int interrupt) {
  // A stream that never pauses must still be interruptible.
  pollfd stop{.fd = interrupt, .events = POLLIN, .revents = 0};
  if (interrupt >= 0 && ::poll(&stop, 1, 0) == 1) return Fail(Errc::kInterrupted, "Interrupted.");
  if (!early_.empty()) {
    const std::size_t n = early_.copy(into.data(), into.size());
    early_.erase(0, n);
    return n;
  }
  for (;;) {
    const auto n = ::recv(descriptor_, into.data(), into.size(), 0);
    if (n >= 0) return static_cast<std::size_t>(n);
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return Broken(errno);
    std::array<pollfd, 2> waiting{{{.fd = descriptor_, .events = POLLIN, .revents = 0},
                                   {.fd = interrupt, .events = POLLIN, .revents = 0}}};
    const int ready = ::poll(waiting.data(), waiting.size(), static_cast<int>(limit.count()));
    if (ready < 0 && errno != EINTR) return Broken(errno);
    if (ready == 0) return Fail(Errc::kTimeout, "The agent has not answered in time.");
    if (ready > 0 && waiting[1].revents != 0) return Fail(Errc::kInterrupted, "Interrupted.");
  }
}

}  // namespace notify::cli::client
