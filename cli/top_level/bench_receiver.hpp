#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "cli/top_level/bench_stream.hpp"

namespace notify::cli::top_level {

/// What arrived: when each of the numbered events did, and what was wrong.
struct Arrivals {
  std::vector<Clock::TimePoint> at;  ///< By number; the epoch where it did not arrive.
  std::int64_t received = 0;
  std::int64_t repeated = 0;
  std::int64_t out_of_order = 0;
};

/// Receives the events of one run on a thread of its own, as a client does.
///
/// Lifetime: `clock` outlives it. Threads: Wait by the one that made it.
class BenchReceiver {
 public:
  /// Takes numbers below `count` of events whose data has `"run":"<run>"`. The stream is open.
  BenchReceiver(std::unique_ptr<BenchStream> stream, std::string run, std::int64_t count,
                const Clock& clock);
  ~BenchReceiver();
  BenchReceiver(const BenchReceiver&) = delete;
  BenchReceiver& operator=(const BenchReceiver&) = delete;

  /// Waits until all arrived, or nothing has for `silence`, and hands over what did.
  Arrivals Wait(std::chrono::milliseconds silence);

 private:
  void Receive();
  void Take(const BenchEvent& event, Clock::TimePoint now);

  // Constant after construction.
  const std::unique_ptr<BenchStream> stream_;
  const std::string marker_;
  const std::int64_t count_;
  const Clock& clock_;

  // The receiving thread's until it has ended.
  Arrivals arrivals_;
  std::uint64_t last_sequence_ = 0;

  // Of both: from when on a silence ends the thread; 0 is not yet.
  std::atomic<std::int64_t> silence_ms_{0};
  std::thread thread_;
};

}  // namespace notify::cli::top_level
