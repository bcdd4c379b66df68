#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace notify::agent::telemetry {

/// Upper bounds, inclusive, of a histogram's buckets; one more bucket takes what is above them all.
using BucketBounds = std::array<std::uint64_t, 16>;

/// 100 µs to 10 s in steps of 2 to 2.5, in nanoseconds.
inline constexpr BucketBounds kTimeBounds = {
    100'000,       250'000,       500'000,       1'000'000,     2'500'000,   5'000'000,
    10'000'000,    25'000'000,    50'000'000,    100'000'000,   250'000'000, 500'000'000,
    1'000'000'000, 2'500'000'000, 5'000'000'000, 10'000'000'000};

/// 1 to 32,768 in powers of two.
inline constexpr BucketBounds kCountBounds = {1,   2,   4,    8,    16,   32,   64,    128,
                                              256, 512, 1024, 2048, 4096, 8192, 16384, 32768};

/// The index of the bucket of a value, 0 to `bounds.size()`. Without a branch that depends on the
/// value: four halvings and one last step.
constexpr std::size_t BucketOf(const BucketBounds& bounds, std::uint64_t value) {
  std::size_t below = 0;
  for (const std::size_t step : {8U, 4U, 2U, 1U}) {
    below += static_cast<std::size_t>(bounds[below + step - 1] < value) * step;
  }
  return below + static_cast<std::size_t>(bounds[below] < value);
}

/// How many cells a histogram takes: its buckets, then the sum.
inline constexpr std::size_t kHistogramCells = std::tuple_size_v<BucketBounds> + 2;
/// Which of them is the sum.
inline constexpr std::size_t kSumCell = kHistogramCells - 1;

}  // namespace notify::agent::telemetry
