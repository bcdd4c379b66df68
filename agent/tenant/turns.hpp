#pragma once

#include <utility>

#include "agent/async/signal.hpp"
#include "agent/async/task.hpp"

namespace notify::agent::tenant {

/// One command at a time, in order, though each waits in between: for disk, log and threads.
///
/// Lifetime: outlives the turns that it gave.
/// Threads:  the platform executor.
class Turns {
 public:
  /// The turn; the next one begins when it goes.
  class [[nodiscard]] Turn {
   public:
    explicit Turn(Turns& turns) : turns_(&turns) {}
    Turn(Turn&& other) noexcept : turns_(std::exchange(other.turns_, nullptr)) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (turns_ == nullptr) return;
      turns_->taken_ = false;
      turns_->free_.Notify();
    }

   private:
    Turns* turns_;
  };

  /// `const auto turn = co_await turns.Take();`
  async::Task<Turn> Take() {
    while (taken_) co_await free_.Wait();
    taken_ = true;
    co_return Turn(*this);
  }

 private:
  bool taken_ = false;
  async::Signal free_;
};

}  // namespace notify::agent::tenant
