#include "tests/support/sim/sim_machine.hpp"

#include <algorithm>

namespace notify::testing_support::sim {

bool SimMachine::Step() {
  if (stopped_) return false;
  RunEvents();
  if (waiting_ == 0) return false;
  SimExecutor& next = Choose();
  async::Closure work = std::move(next.queue_.front());
  next.queue_.pop_front();
  --waiting_;
  current_ = &next;
  work();
  current_ = nullptr;
  return true;
}

bool SimMachine::Advance(Clock::TimePoint limit) {
  if (stopped_) return false;
  if (events_.empty() || events_.begin()->first.first > limit) {
    clock_.AdvanceTo(std::max(limit, clock_.Now()));
    return false;
  }
  clock_.AdvanceTo(std::max(events_.begin()->first.first, clock_.Now()));
  return true;
}

SimMachine::EventId SimMachine::At(Clock::TimePoint when, async::Closure action) {
  const EventId id{when, ++last_event_};
  events_.emplace(id, std::move(action));
  return id;
}

void SimMachine::RunEvents() {
  while (!events_.empty() && events_.begin()->first.first <= clock_.Now()) {
    auto due = events_.extract(events_.begin());
    due.mapped()();
  }
}

SimExecutor& SimMachine::Choose() {
  ready_.clear();
  for (SimExecutor* executor : executors_) {
    if (!executor->queue_.empty()) ready_.push_back(executor);
  }
  if (dice_.OneIn(64)) stalled_ = dice_.OneIn(2) ? nullptr : ready_[dice_.Below(ready_.size())];
  if (ready_.size() > 1 && stalled_ != nullptr) std::erase(ready_, stalled_);
  const std::uint64_t choice = dice_.Below(ready_.size());
  const auto since = static_cast<std::uint64_t>(clock_.Now().time_since_epoch().count());
  fingerprint_ = Dice(fingerprint_ ^ (choice + 31 * ready_.size()) ^ since).Next();
  return *ready_[choice];
}

SimExecutor::SimExecutor(SimMachine& machine, std::string name)
    : machine_(machine), name_(std::move(name)) {
  machine_.executors_.push_back(this);
}

void SimExecutor::Post(async::Closure work) {
  queue_.push_back(std::move(work));
  ++machine_.waiting_;
}

void SimTimers::WakeAt(Clock::TimePoint at) {
  executor_.machine().Cancel(wake_);
  wake_ = executor_.machine().At(at, [this] { executor_.Post([this] { RunDue(); }); });
}

}  // namespace notify::testing_support::sim
