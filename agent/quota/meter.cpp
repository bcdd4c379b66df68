#include "agent/quota/meter.hpp"

#include <algorithm>

namespace notify::agent::quota {
namespace {

std::int64_t Nanoseconds(Clock::TimePoint at) { return at.time_since_epoch().count(); }

}  // namespace

Clock::Duration Meter::Take(Clock::Duration cost, Clock::Duration capacity, Clock::TimePoint now) {
  const std::int64_t now_ns = Nanoseconds(now);
  const std::int64_t latest = now_ns + capacity.count();
  std::int64_t full_at = full_at_.load(std::memory_order_relaxed);
  for (;;) {
    const std::int64_t next = std::max(full_at, now_ns) + cost.count();
    if (next > latest) return Clock::Duration(next - latest);
    if (full_at_.compare_exchange_weak(full_at, next, std::memory_order_relaxed)) {
      return Clock::Duration::zero();
    }
  }
}

Clock::Duration Meter::TakeOne(const PaceLimit& limit, Clock::TimePoint now) {
  if (!limit.pace) return Clock::Duration::zero();
  const std::int64_t count = limit.pace->count;
  const Clock::Duration cost((limit.pace->interval.count() + count - 1) / count);
  // At most 10^6 times 3.6 * 10^12: below 2^63.
  return Take(cost, cost * limit.Burst(), now);
}

void Meter::GiveBack(Clock::Duration cost) {
  // What was put back after the bucket was full anyway is lost in Take()'s max().
  full_at_.fetch_sub(cost.count(), std::memory_order_relaxed);
}

Clock::Duration Meter::Spent(Clock::TimePoint now) const {
  const std::int64_t full_at = full_at_.load(std::memory_order_relaxed);
  return Clock::Duration(std::max<std::int64_t>(full_at - Nanoseconds(now), 0));
}

}  // namespace notify::agent::quota
