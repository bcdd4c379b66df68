#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "agent/async/executor.hpp"

namespace notify::agent::async {

template <typename T>
class Task;

namespace internal {

/// What every coroutine of the agent knows: where it runs, as whom, and who waits for it.
struct PromiseBase {
  Executor* executor = nullptr;
  const TenantContext* context = nullptr;
  std::coroutine_handle<> continuation;
  const TenantContext* continuation_context = nullptr;
  std::exception_ptr exception;

  void unhandled_exception() { exception = std::current_exception(); }
};

struct FinalAwaiter {
  bool await_ready() const noexcept { return false; }
  template <typename P>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<P> done) const noexcept {
    SwapCurrentContext(done.promise().continuation_context);
    return done.promise().continuation;
  }
  void await_resume() const noexcept {}
};

template <typename T>
struct TaskPromise : PromiseBase {
  std::optional<T> value;
  Task<T> get_return_object();
  std::suspend_always initial_suspend() noexcept { return {}; }
  FinalAwaiter final_suspend() noexcept { return {}; }
  template <typename U>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
};

template <>
struct TaskPromise<void> : PromiseBase {
  Task<void> get_return_object();
  std::suspend_always initial_suspend() noexcept { return {}; }
  FinalAwaiter final_suspend() noexcept { return {}; }
  void return_void() {}
};

}  // namespace internal

/// A coroutine that begins when it is awaited and runs on its awaiter's executor.
///
/// Lifetime: the awaiter owns it. A suspended task is never destroyed: what it waits for is closed
///           or cancelled, and it ends by itself.
/// Threads:  those of its executor.
/// Rules:    no coroutine lambdas with captures; references only to what outlives the task; no
///           braced temporaries inside a co_await expression (g++ 12 destroys them twice).
template <typename T>
class [[nodiscard]] Task {
 public:
  using promise_type = internal::TaskPromise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  explicit Task(Handle handle) : handle_(handle) {}
  Task(Task&& other) noexcept
      : handle_(std::exchange(other.handle_, nullptr)), context_(other.context_) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      if (handle_) handle_.destroy();
      handle_ = std::exchange(other.handle_, nullptr);
      context_ = other.context_;
    }
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  bool await_ready() const noexcept { return false; }

  template <typename P>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<P> caller) noexcept {
    auto& promise = handle_.promise();
    promise.executor = caller.promise().executor;
    promise.continuation = caller;
    promise.continuation_context = caller.promise().context;
    if (context_) {
      promise.context = *context_;
      internal::SwapCurrentContext(promise.context);
    } else {
      promise.context = caller.promise().context;
    }
    return handle_;
  }

  T await_resume() {
    auto& promise = handle_.promise();
    if (promise.exception) std::rethrow_exception(promise.exception);
    if constexpr (!std::is_void_v<T>) return std::move(*promise.value);
  }

  /// Runs the task as another tenant's request; see WithContext.
  void SetContext(const TenantContext* context) { context_ = context; }

 private:
  Handle handle_;
  std::optional<const TenantContext*> context_;
};

/// `co_await WithContext(context, Serve(request))`: `task` and all it awaits see `context`, and the
/// awaiter has its own again afterwards. `context` outlives the task.
template <typename T>
Task<T> WithContext(const TenantContext& context, Task<T> task) {
  task.SetContext(&context);
  return task;
}

namespace internal {

template <typename T>
Task<T> TaskPromise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<TaskPromise<T>>::from_promise(*this));
}
inline Task<void> TaskPromise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<TaskPromise<void>>::from_promise(*this));
}

/// A coroutine that nobody awaits; it frees itself. Only TaskGroup and RunOn start one.
struct Detached {
  struct promise_type : PromiseBase {
    Detached get_return_object() {
      return Detached{std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }  // A task's own exceptions end in the task.
  };

  /// Begins in a turn of `executor`.
  void Start(Executor& executor, const TenantContext* context) {
    handle.promise().executor = &executor;
    handle.promise().context = context;
    ResumePoint{handle, &executor, context}.Schedule();
  }

  std::coroutine_handle<promise_type> handle;
};

}  // namespace internal

/// The executor that the awaiting coroutine runs on: `Executor& here = co_await ThisExecutor{};`
struct ThisExecutor {
  Executor* executor = nullptr;
  bool await_ready() const noexcept { return false; }
  template <typename P>
  bool await_suspend(std::coroutine_handle<P> caller) noexcept {
    executor = caller.promise().executor;
    return false;
  }
  Executor& await_resume() const noexcept { return *executor; }
};

/// Builds the ResumePoint of a suspended coroutine; for awaiters.
template <typename P>
ResumePoint PointOf(std::coroutine_handle<P> caller) {
  return ResumePoint{caller, caller.promise().executor, caller.promise().context};
}

}  // namespace notify::agent::async
