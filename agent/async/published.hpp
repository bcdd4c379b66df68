#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "agent/async/run_on.hpp"
#include "agent/async/runtime.hpp"

namespace notify::agent::async {

/// One thread's own pointer to what was published last: read without a lock or a shared counter.
///
/// Lifetime: as the Published that it belongs to. What it points to stays until the thread's next
///           turn; who suspends keeps a copy of Get().
/// Threads:  the thread that it is for.
template <typename T>
class View {
 public:
  explicit View(std::shared_ptr<const T> value) : value_(std::move(value)) {}

  const T& operator*() const { return *value_; }
  const T* operator->() const { return value_.get(); }
  const std::shared_ptr<const T>& Get() const { return value_; }

 private:
  template <typename U>
  friend class Published;
  // Shared with the other threads' views; it never changes.
  alignas(64) std::shared_ptr<const T> value_;
};

/// An immutable value that every I/O thread and the platform executor read, and that is replaced as
/// a whole.
///
/// Lifetime: as the agent; `runtime` outlives it.
/// Threads:  Publish on the platform executor; each view on its own thread.
template <typename T>
class Published {
 public:
  Published(Runtime& runtime, const std::shared_ptr<const T>& first) : runtime_(runtime) {
    // One more for the platform executor, the last.
    for (std::size_t i = 0; i <= runtime.io_threads(); ++i) {
      views_.push_back(std::make_unique<View<T>>(first));
    }
  }
  Published(const Published&) = delete;
  Published& operator=(const Published&) = delete;

  /// The view of I/O thread `index`.
  const View<T>& OfIo(std::size_t index) const { return *views_[index]; }
  const View<T>& OfPlatform() const { return *views_.back(); }

  /// When it returns, every thread reads `next`.
  Task<void> Publish(std::shared_ptr<const T> next) {
    views_.back()->value_ = next;
    for (std::size_t i = 0; i < runtime_.io_threads(); ++i) {
      CallOn there(runtime_.io(i).executor(), [this, i, &next] { views_[i]->value_ = next; });
      co_await there;
    }
  }

 private:
  Runtime& runtime_;
  std::vector<std::unique_ptr<View<T>>> views_;
};

}  // namespace notify::agent::async
