#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/ids.hpp"

namespace notify {

/// Delivery cannot start right after the position asked for, and goes on elsewhere (contract 3).
struct Gap {
  enum class Reason { kEpoch, kRetention, kAhead, kDamaged };
  Reason reason = Reason::kEpoch;
  Position requested;
  Position resumed_after;
  std::optional<std::uint64_t> missed;  ///< Events skipped, where that can be known.
};

/// `epoch`, `retention`, `ahead` or `damaged`.
std::string_view GapReasonName(Gap::Reason reason);

/// `{"reason": …, "requested": P, "resumedAfter": P, "missed": n or null}`.
std::string GapJson(const Gap& gap);

/// `{"epoch":E,"sequence":N}`.
std::string PositionJson(const Position& position);

}  // namespace notify
