#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/pipeline/replay_parts.hpp"
#include "agent/replay/request.hpp"
#include "common/model/gap.hpp"

namespace notify::agent::pipeline {

/// A request with its range made absolute, and where it begins.
struct ReplayRange {
  replay::Request request;  ///< `selection.last` is set.
  Position start;
  std::vector<Gap> gaps;  ///< Known before anything is read.
};

/// Fixes the range to what is in the log now: what comes later is not replayed, so that a replay
/// into its own log ends. kInvalidArgument for an end in another log.
async::Task<Result<ReplayRange>> FixRange(const ReplayParts& parts, TenantHandle tenant,
                                          replay::Request request);

/// Looks through the range, at most kMostPlanned events, and says what the replay would do; sends
/// and stores nothing. `destination` is the tenant whose log is written, where one is. A JSON
/// object (docs/replay.md).
async::Task<Result<std::string>> PlanReplay(const ReplayParts& parts, const ReplayOptions& options,
                                            TenantHandle tenant,
                                            std::optional<TenantHandle> destination,
                                            ReplayRange range);
inline constexpr std::uint64_t kMostPlanned = 5'000'000;

}  // namespace notify::agent::pipeline
