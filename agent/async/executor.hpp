#pragma once

#include <coroutine>

#include "agent/async/closure.hpp"
#include "agent/async/tenant_context.hpp"

namespace notify::agent::async {

/// Runs functions one after another: an I/O thread, a storage thread, a worker; or, in the
/// simulator, one of many queues of which a seeded choice picks the next.
///
/// Lifetime: outlives everything that is posted to it.
/// Threads:  Post and IsCurrent from any.
class Executor {
 public:
  virtual ~Executor() = default;

  /// Runs `work` later, after what was posted before by the same thread. Never inline.
  virtual void Post(Closure work) = 0;

  /// Whether the caller runs on this executor.
  virtual bool IsCurrent() const = 0;
};

/// A suspended coroutine, where it goes on, and as whom.
struct ResumePoint {
  std::coroutine_handle<> handle;
  Executor* executor = nullptr;
  const TenantContext* context = nullptr;

  /// Goes on in a turn of its executor. Any thread.
  void Schedule() const {
    executor->Post([point = *this] { point.ResumeHere(); });
  }

  /// Goes on at once; the caller is on `executor`, with nothing of its own left to do.
  void ResumeHere() const {
    const TenantContext* previous = internal::SwapCurrentContext(context);
    handle.resume();
    internal::SwapCurrentContext(previous);
  }
};

}  // namespace notify::agent::async
