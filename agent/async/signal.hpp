#pragma once

#include "agent/async/task.hpp"
#include "agent/async/timers.hpp"

namespace notify::agent::async {

/// Something happened: wakes coroutines of one executor. A notification without a waiter is
/// remembered once, so that "look, then wait" loses nothing.
///
/// Lifetime: outlives its waiters.
/// Threads:  one executor; another thread posts there first.
class Signal {
 public:
  Signal() = default;
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

  /// Wakes all who wait, in a later turn each.
  void Notify();

  struct Waiter {
    Signal& signal;
    Timers* timers = nullptr;
    Clock::Duration limit{};
    ResumePoint point{};
    TimerId timer{};
    bool notified = true;
    Waiter* before = nullptr;  ///< Who began to wait before it.

    bool await_ready() noexcept;
    template <typename P>
    void await_suspend(std::coroutine_handle<P> caller) {
      point = PointOf(caller);
      Begin();
    }
    bool await_resume() const noexcept { return notified; }
    void Begin();
  };

  /// `co_await signal.Wait()`: until the next notification.
  Waiter Wait() { return Waiter{*this}; }
  /// True if notified, false if `limit` passed first.
  Waiter WaitFor(Timers& timers, Clock::Duration limit) { return Waiter{*this, &timers, limit}; }

 private:
  Waiter* last_ = nullptr;  // Of those who wait, in their own frames.
  bool pending_ = false;
};

}  // namespace notify::agent::async
