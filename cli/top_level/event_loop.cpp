#include "cli/top_level/event_loop.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>

namespace notify::cli::top_level {
namespace {

epoll_event Interest(std::uint32_t index, bool write) {
  epoll_event event{};
  event.events = EPOLLIN | (write ? EPOLLOUT : 0U);
  event.data.u32 = index;
  return event;
}

}  // namespace

EventLoop::EventLoop() : poll_(::epoll_create1(EPOLL_CLOEXEC)) {}
EventLoop::~EventLoop() { ::close(poll_); }

void EventLoop::Watch(int descriptor, std::uint32_t index, bool write) {
  auto event = Interest(index, write);
  ::epoll_ctl(poll_, EPOLL_CTL_ADD, descriptor, &event);
}

void EventLoop::Change(int descriptor, std::uint32_t index, bool write) {
  auto event = Interest(index, write);
  ::epoll_ctl(poll_, EPOLL_CTL_MOD, descriptor, &event);
}

Status EventLoop::Wait(std::chrono::nanoseconds limit,
                       const std::function<Status(std::uint32_t)>& ready) {
  std::array<epoll_event, 64> events{};
  const auto seconds = std::chrono::floor<std::chrono::seconds>(limit);
  const timespec wait{.tv_sec = std::max<std::int64_t>(seconds.count(), 0),
                      .tv_nsec = limit.count() < 0 ? 0 : (limit - seconds).count()};
  const int count = ::epoll_pwait2(poll_, events.data(), events.size(), &wait, nullptr);
  if (count < 0 && errno != EINTR) return Fail(Errc::kInternal, "epoll_pwait2 failed.");
  for (int i = 0; i < count; ++i) {
    auto done = ready(events[static_cast<std::size_t>(i)].data.u32);
    if (!done) return done;
  }
  return {};
}

}  // namespace notify::cli::top_level
