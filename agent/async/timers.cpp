#include "agent/async/timers.hpp"

#include <utility>

namespace notify::agent::async {

TimerId Timers::After(Clock::Duration delay, Closure action) {
  const TimerId id{clock_.Now() + delay, ++last_number_};
  const auto [place, added] = waiting_.emplace(id, std::move(action));
  if (added && place == waiting_.begin()) WakeAt(id.at);
  return id;
}

void Timers::Cancel(TimerId id) { waiting_.erase(id); }

void Timers::RunDue() {
  const Clock::TimePoint now = clock_.Now();
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
  if (!waiting_.empty()) WakeAt(waiting_.begin()->first.at);
}

}  // namespace notify::agent::async
