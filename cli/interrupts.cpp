#include "cli/interrupts.hpp"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <utility>

namespace notify::cli {
namespace {

sigset_t Signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

}  // namespace

Interrupts Interrupts::Catch() {
  const auto signals = Signals();
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  return Interrupts(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
}

Interrupts::Interrupts(Interrupts&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

Interrupts::~Interrupts() {
  if (descriptor_ < 0) return;
  // What was taken must not end the process later, after a command that ended well.
  Clear();
  ::close(descriptor_);
  const auto signals = Signals();
  ::sigprocmask(SIG_UNBLOCK, &signals, nullptr);
}

void Interrupts::Clear() const {
  signalfd_siginfo info{};
  while (descriptor_ >= 0 && ::read(descriptor_, &info, sizeof info) > 0) {
  }
}

bool Interrupts::Wait(std::chrono::milliseconds limit) const {
  pollfd waiting{.fd = descriptor_, .events = POLLIN, .revents = 0};
  return ::poll(&waiting, 1, static_cast<int>(limit.count())) > 0;
}

}  // namespace notify::cli
