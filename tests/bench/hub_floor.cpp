// The floor under the hub: what this machine's kernel takes to hand ready frames to N sockets, and
// nothing else. One thread, epoll, no libraries: no hub, no log, no tenants, no WebSocket beyond a
// 101.
//
//     bench_hub_floor [PORT]                      prints {"port": …} and serves on 127.0.0.1
//     connections                                 (on stdin) how many are open: {"connections": …}
//     round COUNT BYTES BURST                     COUNT times, for each socket one send of BURST
//     frames of BYTES
//
// `round` prints {"deliveries", "bytes", "sends", "waits", "wall_seconds", "cpu_seconds"}: frames
// that the kernel took, system calls, how often a socket's buffer was full (then it waits for that
// socket alone), and user and system time of this process. Frames are of the whole size BYTES,
// header included, and end with 0x1E as hub messages do.
//
// How to use it: open the sockets with the load client that notifyd is measured with, the same
// number of them and on the same machine, and compare deliveries per CPU second. notifyd's fan-out
// of one event to N connections is `round 1 BYTES 1`; of a batch that it writes at once, BURST is
// the batch. What notifyd takes more than the floor is ours; the floor itself is the kernel's, and
// no server with one send a socket is below it.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <map>
#include <string>
#include <string_view>

namespace {

constexpr std::string_view kAnswer =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";

struct Connection {
  std::string head;  // of the request, until it is whole
  bool open = false;
};

struct Totals {
  std::uint64_t bytes = 0;
  std::uint64_t deliveries = 0;
  std::uint64_t sends = 0;
  std::uint64_t waits = 0;
};

[[noreturn]] void Die(const char* what) {
  std::perror(what);
  std::exit(1);
}

double WallSeconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

double CpuSeconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

// Whether a frame can have this size: lengths are written in their shortest form.
bool IsFrameSize(std::size_t bytes) {
  return bytes >= 2 && bytes != 128 && bytes != 129 && (bytes < 65540 || bytes > 65545);
}

// An unmasked text frame of `bytes` bytes with its header.
std::string Frame(std::size_t bytes) {
  const std::size_t header = bytes < 128 ? 2 : bytes < 65540 ? 4 : 10;
  const std::size_t payload = bytes - header;
  std::string frame = "\x81";
  frame += static_cast<char>(header == 2 ? payload : header == 4 ? 126 : 127);
  for (std::size_t i = header - 2; i > 0; --i) {
    frame += static_cast<char>((static_cast<std::uint64_t>(payload) >> (8 * (i - 1))) & 0xFF);
  }
  frame.append(payload, 'x');
  if (payload > 0) frame.back() = '\x1e';
  return frame;
}

class Floor {
 public:
  explicit Floor(std::uint16_t port) : epoll_(epoll_create1(0)), listener_(Listen(port)) {
    Watch(listener_);
    Watch(STDIN_FILENO);
  }

  void Serve() {
    std::array<epoll_event, 256> events{};
    while (!done_) {
      const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < count; ++i) {
        const int fd = events[static_cast<std::size_t>(i)].data.fd;
        if (fd == listener_) {
          Accept();
        } else if (fd == STDIN_FILENO) {
          ReadCommands();
        } else {
          ReadSocket(fd);
        }
      }
    }
  }

 private:
  static int Listen(std::uint16_t port) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    const int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const name = reinterpret_cast<sockaddr*>(&address);
    if (bind(fd, name, size) != 0 || listen(fd, 4096) != 0) Die("bind");
    if (getsockname(fd, name, &size) != 0) Die("getsockname");
    std::printf("{\"port\": %d}\n", ntohs(address.sin_port));
    std::fflush(stdout);
    return fd;
  }

  void Watch(int fd) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) Die("epoll_ctl");
  }

  void Accept() {
    for (int fd = 0; (fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
      const int on = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      connections_.emplace(fd, Connection{});
      Watch(fd);
    }
  }

  void ReadSocket(int fd) {
    std::array<char, 16384> buffer{};
    const ssize_t got = read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
      connections_.erase(fd);
      close(fd);
      return;
    }
    Connection& connection = connections_[fd];
    if (connection.open) return;  // pings, acknowledgements, whatever the client says
    connection.head.append(buffer.data(), static_cast<std::size_t>(got));
    if (connection.head.find("\r\n\r\n") == std::string::npos) return;
    connection.open = true;
    connection.head = std::string();
    Totals unused;
    SendAll(fd, kAnswer, unused);
  }

  void ReadCommands() {
    std::array<char, 4096> buffer{};
    const ssize_t got = read(STDIN_FILENO, buffer.data(), buffer.size());
    done_ = got <= 0;
    if (got > 0) commands_.append(buffer.data(), static_cast<std::size_t>(got));
    for (std::size_t end = 0; (end = commands_.find('\n')) != std::string::npos;) {
      Command(commands_.substr(0, end));
      commands_.erase(0, end + 1);
    }
  }

  void Command(const std::string& line) {
    unsigned long count = 0;
    unsigned long bytes = 0;
    unsigned long burst = 0;
    if (line == "connections") {
      std::size_t open = 0;
      for (const auto& [fd, connection] : connections_) open += connection.open ? 1 : 0;
      std::printf("{\"connections\": %zu}\n", open);
    } else if (std::sscanf(line.c_str(), "round %lu %lu %lu", &count, &bytes, &burst) == 3 &&
               IsFrameSize(bytes)) {
      Rounds(count, bytes, burst);
    } else {
      std::printf("{\"error\": \"connections, or round COUNT BYTES BURST with a frame's size\"}\n");
    }
    std::fflush(stdout);
  }

  void Rounds(unsigned long count, unsigned long bytes, unsigned long burst) {
    std::string frames;
    for (unsigned long i = 0; i < burst; ++i) frames += Frame(bytes);
    Totals totals;
    const double wall = WallSeconds();
    const double cpu = CpuSeconds();
    for (unsigned long round = 0; round < count; ++round) {
      for (const auto& [fd, connection] : connections_) {
        if (connection.open && SendAll(fd, frames, totals)) totals.deliveries += burst;
      }
    }
    std::printf(
        "{\"deliveries\": %lu, \"bytes\": %lu, \"sends\": %lu, \"waits\": %lu, "
        "\"wall_seconds\": %.6f, \"cpu_seconds\": %.6f}\n",
        totals.deliveries, totals.bytes, totals.sends, totals.waits, WallSeconds() - wall,
        CpuSeconds() - cpu);
  }

  // False where the connection is lost; reading will find that, too.
  static bool SendAll(int fd, std::string_view bytes, Totals& totals) {
    while (!bytes.empty()) {
      const ssize_t taken = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      ++totals.sends;
      if (taken >= 0) {
        bytes.remove_prefix(static_cast<std::size_t>(taken));
        totals.bytes += static_cast<std::uint64_t>(taken);
      } else if (errno == EAGAIN) {
        pollfd full{fd, POLLOUT, 0};
        poll(&full, 1, -1);
        ++totals.waits;
      } else {
        return false;
      }
    }
    return true;
  }

  const int epoll_;
  const int listener_;
  std::map<int, Connection> connections_;
  std::string commands_;
  bool done_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  Floor(static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 0)).Serve();
}
