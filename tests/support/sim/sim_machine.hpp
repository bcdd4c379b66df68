#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "agent/async/executor.hpp"
#include "agent/async/timers.hpp"
#include "common/clock.hpp"
#include "tests/support/sim/dice.hpp"

namespace notify::testing_support::sim {

namespace async = ::notify::agent::async;

/// Virtual time: stands still while anything is ready.
class SimClock final : public Clock {
 public:
  explicit SimClock(WallTime start) : start_(start) {}
  WallTime WallNow() const override { return start_ + now_.time_since_epoch() + wall_step_; }
  TimePoint Now() const override { return now_; }

  void AdvanceTo(TimePoint now) { now_ = now; }
  /// Steps the wall clock only, as an administrator or NTP does.
  void StepWall(Duration step) { wall_step_ += step; }

 private:
  const WallTime start_;
  TimePoint now_{std::chrono::hours(1)};
  Duration wall_step_{};
};

class SimExecutor;

/// Takes the turns of all virtual threads on one real one. Within an executor the order is that of
/// posting; which executor is next is the seed's choice. Now and then an executor stalls: it gets a
/// turn only when no other can, as a thread does that the system does not run.
class SimMachine {
 public:
  using EventId = std::pair<Clock::TimePoint, std::uint64_t>;

  SimMachine(Dice dice, Clock::WallTime start) : clock_(start), dice_(dice) {}

  SimClock& clock() { return clock_; }
  /// Takes one turn. False: nothing is ready now.
  bool Step();
  /// Moves time to the next event, at most to `limit`. False: no event until then, and it is
  /// `limit` now.
  bool Advance(Clock::TimePoint limit);
  /// Calls `action` between turns, as an interrupt; what it concerns it posts.
  EventId At(Clock::TimePoint when, async::Closure action);
  void Cancel(EventId event) { events_.erase(event); }
  /// From now on nothing runs any more.
  void Stop() { stopped_ = true; }
  bool stopped() const { return stopped_; }

  /// A number that is the same for the same choices: to prove that a run was repeated.
  std::uint64_t fingerprint() const { return fingerprint_; }

 private:
  friend class SimExecutor;
  void RunEvents();
  SimExecutor& Choose();

  SimClock clock_;
  Dice dice_;
  std::vector<SimExecutor*> executors_;
  std::vector<SimExecutor*> ready_;  // Scratch of Choose().
  std::size_t waiting_ = 0;          // Closures in all queues.
  std::map<EventId, async::Closure> events_;
  std::uint64_t last_event_ = 0;
  SimExecutor* current_ = nullptr;
  SimExecutor* stalled_ = nullptr;
  std::uint64_t fingerprint_ = 0;
  bool stopped_ = false;
};

/// A virtual thread.
class SimExecutor final : public async::Executor {
 public:
  SimExecutor(SimMachine& machine, std::string name);
  void Post(async::Closure work) override;
  bool IsCurrent() const override { return machine_.current_ == this; }
  const std::string& name() const { return name_; }
  SimMachine& machine() { return machine_; }

 private:
  friend class SimMachine;
  SimMachine& machine_;
  const std::string name_;
  std::deque<async::Closure> queue_;
};

/// Timers of a virtual thread, on virtual time.
class SimTimers final : public async::Timers {
 public:
  explicit SimTimers(SimExecutor& executor)
      : Timers(executor.machine().clock()), executor_(executor) {}

 private:
  void WakeAt(Clock::TimePoint at) override;

  SimExecutor& executor_;
  SimMachine::EventId wake_{};
};

}  // namespace notify::testing_support::sim
