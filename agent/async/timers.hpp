#pragma once

#include <cstdint>
#include <map>

#include "agent/async/task.hpp"
#include "common/clock.hpp"

namespace notify::agent::async {

/// Names one timer of one Timers; the default value names none.
struct TimerId {
  Clock::TimePoint at{};
  std::uint64_t number = 0;
  auto operator<=>(const TimerId&) const = default;
};

/// Timers of one executor, on the injected clock. One wake-up of the system serves them all.
///
/// Lifetime: as its executor.
/// Threads:  its executor only.
class Timers {
 public:
  virtual ~Timers() = default;

  /// Calls `action` once, `delay` from now (at once, in a later turn, where it is not positive).
  TimerId After(Clock::Duration delay, Closure action);

  /// The action will not be called; nothing happens where it already was.
  void Cancel(TimerId id);

  const Clock& clock() const { return clock_; }

  struct Sleeper {
    Timers& timers;
    Clock::Duration delay;
    bool await_ready() const noexcept { return false; }
    template <typename P>
    void await_suspend(std::coroutine_handle<P> caller) {
      timers.After(delay, [point = PointOf(caller)] { point.ResumeHere(); });
    }
    void await_resume() const noexcept {}
  };

  /// `co_await timers.Sleep(1s)`. Not cancellable: for waits inside tests and short pauses; what
  /// must end early waits on a Signal with a limit.
  Sleeper Sleep(Clock::Duration delay) { return Sleeper{*this, delay}; }

 protected:
  explicit Timers(const Clock& clock) : clock_(clock) {}

  /// Sees to it that RunDue is called on the executor at `at`; replaces an earlier demand.
  virtual void WakeAt(Clock::TimePoint at) = 0;

  /// Calls what is due and asks for the next wake-up.
  void RunDue();

 private:
  void Demand(Clock::TimePoint at);

  const Clock& clock_;
  std::uint64_t last_number_ = 0;
  std::map<TimerId, Closure> waiting_;
  Clock::TimePoint wake_at_ = Clock::TimePoint::max();  // What was asked for and has not come.
};

}  // namespace notify::agent::async
