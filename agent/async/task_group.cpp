#include "agent/async/task_group.hpp"

#include <utility>

namespace notify::agent::async {

void TaskGroup::Spawn(Task<void> task) {
  ++running_;
  Run(std::move(task)).Start(executor_, nullptr);
}

internal::Detached TaskGroup::Run(Task<void> task) {
  co_await task;
  Ended();
}

void TaskGroup::RequestStop() {
  if (std::exchange(stopping_, true)) return;
  for (Closure& hook : hooks_) {
    if (hook) hook();
  }
}

Task<void> TaskGroup::Stop() {
  RequestStop();
  while (running_ > 0) co_await ended_.Wait();
}

StopHook::StopHook(TaskGroup& group, Closure action) : group_(group) {
  const bool late = group_.stopping_;
  if (late) action();
  place_ = group_.hooks_.insert(group_.hooks_.end(), late ? Closure() : std::move(action));
}

StopHook::~StopHook() { group_.hooks_.erase(place_); }

}  // namespace notify::agent::async
