#include "cli/top_level/latency_histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace notify::cli::top_level {
namespace {

// Each power of two in so many steps.
constexpr std::uint64_t kSteps = 64;
constexpr int kStepBits = 6;

std::size_t BucketOf(std::uint64_t value) {
  if (value < kSteps) return value;
  const int shift = static_cast<int>(std::bit_width(value)) - kStepBits - 1;
  return static_cast<std::size_t>(static_cast<std::uint64_t>(shift) * kSteps + (value >> shift));
}

// The largest value of a bucket.
std::uint64_t TopOf(std::size_t bucket) {
  if (bucket < 2 * kSteps) return bucket;
  const auto shift = bucket / kSteps - 1;
  const auto step = bucket - shift * kSteps;
  return ((step + 1) << shift) - 1;
}

}  // namespace

LatencyHistogram::LatencyHistogram() : buckets_(kSteps * (64 - kStepBits + 1)) {}

void LatencyHistogram::Add(std::chrono::nanoseconds time, std::uint64_t times) {
  const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(time.count(), 0));
  buckets_[BucketOf(value)] += times;
  count_ += times;
}

std::chrono::nanoseconds LatencyHistogram::Quantile(double share) const {
  if (count_ == 0) return {};
  const auto rank = static_cast<std::uint64_t>(
      std::clamp(std::ceil(share * static_cast<double>(count_)), 1.0, static_cast<double>(count_)));
  std::uint64_t before = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    before += buckets_[i];
    if (before >= rank) return std::chrono::nanoseconds(TopOf(i));
  }
  return {};
}

}  // namespace notify::cli::top_level
