#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "common/result.hpp"

namespace notify::cli::top_level {

/// Waits for many descriptors at once; just what a benchmark's one thread needs.
///
/// Threads: one at a time.
class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// Watches a descriptor for reading, and for writing too where `write`. `index` names it.
  void Watch(int descriptor, std::uint32_t index, bool write);
  /// The same with another `write`.
  void Change(int descriptor, std::uint32_t index, bool write);

  /// Waits at most `limit` (precise to microseconds) and calls `ready` for each descriptor that is.
  /// Ends early with the first Error of `ready`.
  Status Wait(std::chrono::nanoseconds limit, const std::function<Status(std::uint32_t)>& ready);

 private:
  const int poll_;
};

}  // namespace notify::cli::top_level
