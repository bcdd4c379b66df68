#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <string>
#include <thread>

#include "agent/async/executor.hpp"
#include "agent/async/timers.hpp"

namespace notify::agent::async {

/// A thread with its own io_context.
///
/// Lifetime: as the runtime; Join() before anything that its queue refers to goes.
/// Threads:  Post and IsCurrent from any.
class AsioThread final : public Executor {
 public:
  /// `name` is what `top -H` shows, at most 15 characters.
  explicit AsioThread(std::string name);
  ~AsioThread() override;

  void Post(Closure work) override;
  bool IsCurrent() const override;

  boost::asio::io_context& context() { return context_; }

  /// Ends the thread after what is posted already.
  void Join();

 private:
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::thread thread_;
};

/// Timers that one steady_timer of the thread wakes.
/// Threads:  its thread only.
class AsioTimers final : public Timers {
 public:
  AsioTimers(const Clock& clock, AsioThread& thread)
      : Timers(clock), thread_(thread), timer_(thread.context()) {}

  /// Posts that none rings any more, so that the thread does not wait for them before it ends.
  void End();

 private:
  void WakeAt(Clock::TimePoint at) override;

  AsioThread& thread_;
  boost::asio::steady_timer timer_;
  bool ended_ = false;
};

}  // namespace notify::agent::async
