#include "agent/async/signal.hpp"

#include <utility>

namespace notify::agent::async {

void Signal::Notify() {
  if (last_ == nullptr) {
    pending_ = true;
    return;
  }
  // Turned round: who came first goes on first.
  Waiter* first = nullptr;
  for (Waiter* waiter = std::exchange(last_, nullptr); waiter != nullptr;) {
    Waiter* const before = std::exchange(waiter->before, first);
    first = std::exchange(waiter, before);
  }
  while (first != nullptr) {
    Waiter* const waiter = std::exchange(first, first->before);
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
  before = std::exchange(signal.last_, this);
  if (timers == nullptr) return;
  timer = timers->After(limit, [this] {
    notified = false;
    Waiter** place = &signal.last_;
    while (*place != this) place = &(*place)->before;
    *place = before;
    point.ResumeHere();
  });
}

}  // namespace notify::agent::async
