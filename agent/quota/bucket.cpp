#include "agent/quota/bucket.hpp"

#include <algorithm>
#include <limits>

namespace notify::agent::quota {
namespace {

// amount < 2^32, so that the product stays below 2^63.
Clock::Duration CostOf(std::uint32_t amount, Rate rate) {
  const std::int64_t seconds = std::int64_t{amount} * 1'000'000'000;
  return Clock::Duration((seconds + rate.per_second - 1) / rate.per_second);
}

}  // namespace

std::optional<Rate> Rate::Of(const std::optional<std::uint32_t>& per_second,
                             const std::optional<std::uint32_t>& burst) {
  if (!per_second) return std::nullopt;
  const std::uint32_t rate = std::max(*per_second, 1U);
  return Rate{rate, std::max(burst.value_or(rate), 1U)};
}

void Bucket::SetRate(std::optional<Rate> rate) {
  packed_.store(rate ? (std::uint64_t{rate->burst} << 32) | rate->per_second : 0,
                std::memory_order_relaxed);
}

std::optional<Rate> Bucket::rate() const {
  const std::uint64_t packed = packed_.load(std::memory_order_relaxed);
  if (packed == 0) return std::nullopt;
  return Rate{static_cast<std::uint32_t>(packed), static_cast<std::uint32_t>(packed >> 32)};
}

Clock::Duration Bucket::Take(std::uint32_t amount, Clock::TimePoint now) {
  const auto rate = this->rate();
  if (!rate) return Clock::Duration::zero();
  return meter_.Take(CostOf(amount, *rate), CostOf(rate->burst, *rate), now);
}

void Bucket::GiveBack(std::uint32_t amount) {
  if (const auto rate = this->rate()) meter_.GiveBack(CostOf(amount, *rate));
}

std::uint32_t Bucket::Available(Clock::TimePoint now) const {
  const auto rate = this->rate();
  if (!rate) return std::numeric_limits<std::uint32_t>::max();
  const std::int64_t room = (CostOf(rate->burst, *rate) - meter_.Spent(now)).count();
  if (room <= 0) return 0;
  // Room is below burst seconds: the quotient of the two parts cannot overflow.
  const std::int64_t whole = room / 1'000'000'000 * rate->per_second;
  const std::int64_t rest = room % 1'000'000'000 * rate->per_second / 1'000'000'000;
  return static_cast<std::uint32_t>(std::min<std::int64_t>(whole + rest, rate->burst));
}

}  // namespace notify::agent::quota
