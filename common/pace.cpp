#include "common/pace.hpp"

#include <algorithm>
#include <charconv>

#include "common/units.hpp"

namespace notify {
namespace {

/// Whether `a` lets less through than `b`.
bool IsSlower(const Pace& a, const Pace& b) {
  // At most 10^6 times 3.6 * 10^12: below 2^63.
  return a.count * b.interval.count() < b.count * a.interval.count();
}

}  // namespace

std::optional<Pace> Pace::Parse(std::string_view text) {
  Pace pace;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), pace.count);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (ec != std::errc{} || !text.starts_with('/')) return std::nullopt;
  const auto interval = ParseDuration(text.substr(1));
  if (!interval) return std::nullopt;
  pace.interval = *interval;
  if (pace.count < 1 || pace.count > kMostCount || pace.interval < kLeastInterval ||
      pace.interval > kMostInterval) {
    return std::nullopt;
  }
  return pace;
}

std::string Pace::ToString() const {
  return std::to_string(count) + "/" + FormatDuration(interval);
}

PaceLimit Narrowed(const PaceLimit& a, const PaceLimit& b) {
  if (!a.pace) return b;
  if (!b.pace) return a;
  PaceLimit narrow;
  narrow.pace = IsSlower(*b.pace, *a.pace) ? b.pace : a.pace;
  narrow.burst = std::min(a.Burst(), b.Burst());
  return narrow;
}

}  // namespace notify
