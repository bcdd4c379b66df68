#pragma once

#include <memory>
#include <vector>

#include "agent/async/runtime.hpp"

namespace notify::agent::ingress {

/// What wants to be looked at about once a second, or less often.
/// Threads:  its I/O thread.
class Ticking {
 public:
  virtual ~Ticking() = default;
  /// Must not remove itself or others from the ticker before a later turn.
  virtual void Tick(Clock::TimePoint now) = 0;

  /// When there is something to look at: with the first tick from then on.
  Clock::TimePoint due() const { return due_; }

 protected:
  /// Leaves out the ticks before `due`: what nobody needs is not even fetched into the cache.
  void TickFrom(Clock::TimePoint due) { due_ = due; }

 private:
  Clock::TimePoint due_ = Clock::TimePoint::min();
};

/// Looks at the long connections of one I/O thread once a second: their timeouts, their pings. One
/// timer for all of them, and none while there are none.
///
/// Lifetime: Stop() before it goes.
/// Threads:  its I/O thread.
class Ticker {
 public:
  explicit Ticker(async::IoThread& io) : io_(io) {}

  void Add(std::shared_ptr<Ticking> stream);
  void Remove(const Ticking& stream);
  std::size_t size() const { return streams_.size(); }
  /// The time of the last tick, or of the first stream: at most about a second ago, and read from
  /// no clock.
  Clock::TimePoint lately() const { return armed_at_; }
  /// No ticks from now on.
  void Stop();

 private:
  void Arm();
  void Tick();

  async::IoThread& io_;
  bool armed_ = false;
  bool stopped_ = false;
  async::TimerId timer_{};
  Clock::TimePoint armed_at_{};
  // Shared with the connections' own tasks.
  std::vector<std::shared_ptr<Ticking>> streams_;
};

}  // namespace notify::agent::ingress
