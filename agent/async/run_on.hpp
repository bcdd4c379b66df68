#pragma once

#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "agent/async/task.hpp"

namespace notify::agent::async {

/// `co_await CallOn(storage, [&] { return store.Count(); })`: calls a plain function on another
/// executor and goes on here with its result. What it captures outlives the call, because the
/// caller is suspended. An exception of `function` is rethrown here.
/// Threads:  awaited on the caller's executor; `function` runs on the target's.
template <typename F>
class [[nodiscard]] CallOn {
 public:
  using R = std::invoke_result_t<F&>;

  CallOn(Executor& target, F function) : target_(target), function_(std::move(function)) {}
  CallOn(const CallOn&) = delete;
  CallOn& operator=(const CallOn&) = delete;

  bool await_ready() const noexcept { return false; }

  template <typename P>
  void await_suspend(std::coroutine_handle<P> caller) {
    point_ = PointOf(caller);
    target_.Post([this] {
      const TenantContext* previous = internal::SwapCurrentContext(point_.context);
      Run();
      internal::SwapCurrentContext(previous);
      // The last touch: the caller may be gone when Schedule returns.
      const ResumePoint back = point_;
      back.Schedule();
    });
  }

  R await_resume() {
    if (exception_) std::rethrow_exception(exception_);
    if constexpr (!std::is_void_v<R>) return std::move(*value_);
  }

 private:
  struct Nothing {};
  using Stored = std::conditional_t<std::is_void_v<R>, Nothing, R>;

  void Run() {
    try {
      if constexpr (std::is_void_v<R>) {
        function_();
      } else {
        value_.emplace(function_());
      }
    } catch (...) {
      exception_ = std::current_exception();
    }
  }

  Executor& target_;
  F function_;
  ResumePoint point_;
  std::optional<Stored> value_;
  std::exception_ptr exception_;
};

namespace internal {

template <typename T>
struct RunState {
  std::optional<T> value;
  std::exception_ptr exception;
  ResumePoint back;
};
template <>
struct RunState<void> {
  std::exception_ptr exception;
  ResumePoint back;
};

template <typename T>
Detached RunThere(Task<T> task, RunState<T>& state) {
  try {
    if constexpr (std::is_void_v<T>) {
      co_await task;
    } else {
      state.value.emplace(co_await task);
    }
  } catch (...) {
    state.exception = std::current_exception();
  }
  const ResumePoint back = state.back;
  back.Schedule();
}

}  // namespace internal

/// `co_await RunOn(storage, Open(tenant))`: runs a task on another executor and goes on here.
/// Threads:  awaited on the caller's executor; the task runs on the target's.
template <typename T>
class [[nodiscard]] RunOn {
 public:
  RunOn(Executor& target, Task<T> task) : target_(target), task_(std::move(task)) {}
  RunOn(const RunOn&) = delete;
  RunOn& operator=(const RunOn&) = delete;

  bool await_ready() const noexcept { return false; }
  template <typename P>
  void await_suspend(std::coroutine_handle<P> caller) {
    state_.back = PointOf(caller);
    internal::RunThere<T>(std::move(task_), state_).Start(target_, state_.back.context);
  }
  T await_resume() {
    if (state_.exception) std::rethrow_exception(state_.exception);
    if constexpr (!std::is_void_v<T>) return std::move(*state_.value);
  }

 private:
  Executor& target_;
  Task<T> task_;
  internal::RunState<T> state_;
};

}  // namespace notify::agent::async
