#pragma once

#include <memory>
#include <vector>

#include "agent/ingress/live/live_stream.hpp"

namespace notify::agent::ingress {

/// Looks at the long connections of one I/O thread once a second: their timeouts, their pings. One
/// timer for all of them, and none while there are none.
///
/// Lifetime: Stop() before it goes.
/// Threads:  its I/O thread.
class Ticker {
 public:
  explicit Ticker(async::IoThread& io) : io_(io) {}

  void Add(const std::shared_ptr<LiveStream>& stream);
  void Remove(const std::shared_ptr<LiveStream>& stream);
  std::size_t size() const { return streams_.size(); }
  /// No ticks from now on.
  void Stop();

 private:
  void Arm();
  void Tick();

  async::IoThread& io_;
  bool armed_ = false;
  bool stopped_ = false;
  async::TimerId timer_{};
  // Shared with the connections' own tasks.
  std::vector<std::shared_ptr<LiveStream>> streams_;
};

}  // namespace notify::agent::ingress
