#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace notify {

/// So many in an interval, as in `100/1s` or `5/10m`: 1 to 1,000,000 in 1 ms to 1 h.
struct Pace {
  std::uint32_t count = 1;
  std::chrono::nanoseconds interval = std::chrono::seconds(1);
  bool operator==(const Pace&) const = default;

  static constexpr std::uint32_t kMostCount = 1'000'000;
  static constexpr std::chrono::nanoseconds kLeastInterval = std::chrono::milliseconds(1);
  static constexpr std::chrono::nanoseconds kMostInterval = std::chrono::hours(1);

  /// Nothing where `text` is not `COUNT/INTERVAL` within the bounds.
  static std::optional<Pace> Parse(std::string_view text);
  /// The text that Parse reads back as the same.
  std::string ToString() const;
};

/// A pace, and how many may come at once. Without a pace there is no limit.
struct PaceLimit {
  std::optional<Pace> pace;
  std::optional<std::uint32_t> burst;  ///< 1 to Pace::kMostCount; nothing: the pace's count.
  bool operator==(const PaceLimit&) const = default;

  std::uint32_t Burst() const { return burst.value_or(pace ? pace->count : 1); }
};

/// What both limits allow: the slower pace with the smaller burst.
PaceLimit Narrowed(const PaceLimit& a, const PaceLimit& b);

}  // namespace notify
