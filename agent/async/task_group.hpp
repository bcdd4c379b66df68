#pragma once

#include <cstddef>
#include <list>

#include "agent/async/signal.hpp"
#include "agent/async/task.hpp"

namespace notify::agent::async {

/// The background work of one owner: everything that is spawned belongs to a group, and the owner's
/// end waits for it.
///
/// Lifetime: outlives its tasks, because `Stop()` is awaited before it goes.
/// Threads:  its executor only.
class TaskGroup {
 public:
  explicit TaskGroup(Executor& executor) : executor_(executor) {}
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  /// Begins `task` in a later turn, as nobody's request.
  void Spawn(Task<void> task);

  /// Tells every running task to end, by its StopHook.
  void RequestStop();
  bool stopping() const { return stopping_; }

  /// Tasks and Holds that have not ended.
  std::size_t running() const { return running_; }

  /// Requests the stop and waits until no task and no Hold is left.
  Task<void> Stop();

  /// Something of the group that is not over, and is no task: it may wait without a coroutine.
  class Hold {
   public:
    explicit Hold(TaskGroup& group) : group_(group) { ++group_.running_; }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;
    ~Hold() { group_.Ended(); }

   private:
    TaskGroup& group_;
  };

  Executor& executor() { return executor_; }

 private:
  friend class StopHook;
  void Ended() {
    --running_;
    ended_.Notify();
  }
  internal::Detached Run(Task<void> task);

  Executor& executor_;
  bool stopping_ = false;
  std::size_t running_ = 0;
  std::list<Closure> hooks_;
  Signal ended_;
};

/// While it lives, the group's stop calls `action` (at once where it is stopping already): a task
/// closes there what it waits for. `action` may be called once and must not destroy the hook.
/// Threads:  the group's executor only.
class StopHook {
 public:
  StopHook(TaskGroup& group, Closure action);
  StopHook(const StopHook&) = delete;
  StopHook& operator=(const StopHook&) = delete;
  ~StopHook();

 private:
  TaskGroup& group_;
  std::list<Closure>::iterator place_;
};

}  // namespace notify::agent::async
