#include "agent/auth/failure_delays.hpp"

#include <algorithm>
#include <functional>
#include <string>

namespace notify::agent::auth {
namespace {

constexpr Clock::Duration kForget = std::chrono::minutes(1);
constexpr Clock::Duration kFirstDelay = std::chrono::milliseconds(50);
constexpr std::uint32_t kFree = 3;

}  // namespace

Clock::Duration FailureDelays::Failed(std::string_view account, std::string_view address) {
  std::uint32_t failures = 0;
  if (!account.empty()) failures = Count("account ", account);
  if (!address.empty()) failures = std::max(failures, Count("address ", address));
  if (failures <= kFree) return Clock::Duration::zero();
  const std::uint32_t doublings = std::min(failures - kFree - 1, 10U);
  return std::min<Clock::Duration>(kFirstDelay * (1U << doublings), kLongest);
}

std::uint32_t FailureDelays::Count(std::string_view kind, std::string_view name) {
  if (!places_) places_ = std::make_unique<std::array<Place, kPlaces>>();
  const std::uint64_t hash = std::hash<std::string>()(std::string(kind) + std::string(name));
  Place& place = (*places_)[hash % kPlaces];
  const auto now = clock_.Now();
  if (place.hash != hash || now - place.last >= kForget) place = {hash, 0, now};
  place.last = now;
  return ++place.failures;
}

}  // namespace notify::agent::auth
