#include "agent/async/signal.hpp"

#include <algorithm>

namespace notify::agent::async {

void Signal::Notify() {
  if (waiters_.empty()) {
    pending_ = true;
    return;
  }
  std::vector<Waiter*> woken;
  woken.swap(waiters_);
  for (Waiter* waiter : woken) {
    if (waiter->timers != nullptr) waiter->timers->Cancel(waiter->timer);
    waiter->point.Schedule();
  }
}

bool Signal::Waiter::await_ready() noexcept {
  if (!signal.pending_) return false;
  signal.pending_ = false;
  return true;
}

void Signal::Waiter::Begin() {
  signal.waiters_.push_back(this);
  if (timers == nullptr) return;
  timer = timers->After(limit, [this] {
    notified = false;
    std::erase(signal.waiters_, this);
    point.ResumeHere();
  });
}

}  // namespace notify::agent::async
