#include "agent/async/timers.hpp"

#include <utility>

namespace notify::agent::async {

TimerId Timers::After(Clock::Duration delay, Closure action) {
  const TimerId id{clock_.Now() + delay, ++last_number_};
  waiting_.emplace(id, std::move(action));
  // A limit that is given up leaves its wake-up standing: moving it costs a system call, and nearly
  // every limit is given up.
  if (id.at < wake_at_) Demand(id.at);
  return id;
}

void Timers::Demand(Clock::TimePoint at) {
  wake_at_ = at;
  WakeAt(at);
}

void Timers::Cancel(TimerId id) { waiting_.erase(id); }

void Timers::RunDue() {
  const Clock::TimePoint now = clock_.Now();
  wake_at_ = Clock::TimePoint::max();
  // What an action adds is for the next turn, so that a chain of timers cannot starve the rest.
  const std::uint64_t newest = last_number_;
  auto next = waiting_.begin();
  while (next != waiting_.end() && next->first.at <= now) {
    if (next->first.number > newest) {
      ++next;
      continue;
    }
    auto due = waiting_.extract(next);
    due.mapped()();
    next = waiting_.begin();
  }
  if (!waiting_.empty() && waiting_.begin()->first.at < wake_at_) {
    Demand(waiting_.begin()->first.at);
  }
}

}  // namespace notify::agent::async
