#include "tests/support/sim/sim_listener.hpp"

#include <utility>

namespace notify::testing_support::sim {

struct SimListener::Arrival {
  SimListener& listener;
  async::ResumePoint point{};
  bool await_ready() const noexcept { return false; }
  template <typename P>
  void await_suspend(std::coroutine_handle<P> caller) {
    point = async::PointOf(caller);
    listener.waiting_ = &point;
  }
  void await_resume() const noexcept {}
};

async::Task<Result<std::unique_ptr<async::Stream>>> SimListener::Accept() {
  while (!closed_) {
    if (!backlog_.empty()) {
      auto stream = std::move(backlog_.front());
      backlog_.pop_front();
      co_return stream;
    }
    Arrival arrival{*this};
    co_await arrival;
  }
  co_return Fail(Errc::kUnavailable, "The listener is closed.");
}

void SimListener::Push(std::unique_ptr<async::Stream> stream) {
  backlog_.push_back(std::move(stream));
  if (waiting_ != nullptr) std::exchange(waiting_, nullptr)->Schedule();
}

void SimListener::Close() {
  if (std::exchange(closed_, true)) return;
  network_.Forget(*this);
  backlog_.clear();
  if (waiting_ != nullptr) std::exchange(waiting_, nullptr)->Schedule();
}

}  // namespace notify::testing_support::sim
