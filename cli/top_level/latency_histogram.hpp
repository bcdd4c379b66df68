#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

namespace notify::cli::top_level {

/// Times by their size, each within 1.6 % of what it was: millions of them fit into 30 KiB.
///
/// Threads: one at a time.
class LatencyHistogram {
 public:
  LatencyHistogram();

  /// Negative times count as zero.
  void Add(std::chrono::nanoseconds time, std::uint64_t times = 1);
  std::uint64_t count() const { return count_; }
  /// The value at `share` (0 to 1), rounded up; 0 of none. The nearest rank.
  std::chrono::nanoseconds Quantile(double share) const;

 private:
  std::vector<std::uint64_t> buckets_;
  std::uint64_t count_ = 0;
};

}  // namespace notify::cli::top_level
