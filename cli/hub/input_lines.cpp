#include "cli/hub/input_lines.hpp"

#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <utility>

namespace notify::cli::hub {
namespace {

bool Watch(int poll, int descriptor) {
  epoll_event event{};
  event.events = EPOLLIN;
  return descriptor >= 0 && ::epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

}  // namespace

InputLines::InputLines(Streams& streams, const Interrupts& interrupts)
    : streams_(streams), poll_(::epoll_create1(EPOLL_CLOEXEC)) {
  Watch(poll_, interrupts.descriptor());
  // A file cannot be watched, and never has to be waited for.
  always_ready_ = !Watch(poll_, streams.in_descriptor());
}

InputLines::~InputLines() { ::close(poll_); }

bool InputLines::Ready() const {
  if (ended_) return false;
  if (always_ready_) return true;
  pollfd waiting{.fd = streams_.in_descriptor(), .events = POLLIN, .revents = 0};
  return ::poll(&waiting, 1, 0) > 0;
}

std::vector<std::string> InputLines::Take() {
  constexpr std::size_t kAtOnce = 16 * 1024;
  std::vector<std::string> lines;
  const auto some = streams_.ReadSome(kAtOnce);
  rest_ += some;
  for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n')) {
    lines.push_back(rest_.substr(0, end));
    rest_.erase(0, end + 1);
  }
  if (!some.empty()) return lines;
  ended_ = true;
  // An end is always readable: it must not wake anybody any more.
  if (!always_ready_) ::epoll_ctl(poll_, EPOLL_CTL_DEL, streams_.in_descriptor(), nullptr);
  if (!rest_.empty()) lines.push_back(std::exchange(rest_, {}));
  return lines;
}

}  // namespace notify::cli::hub
