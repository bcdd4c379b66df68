#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

#include "agent/eventlog/segments/segment_writer.hpp"

namespace notify::agent::eventlog {

/// How long duplicate keys are kept: the shorter of both.
struct KeyHorizon {
  std::chrono::milliseconds window{};
  std::uint64_t max_events = 0;

  /// How far back every key is known where these are held. Runs go as a whole once so many newer
  /// keys are there, so fewer say that none went for that reason.
  std::chrono::milliseconds Held(const StoredExtent::Keys& keys, std::int64_t now_ms) const {
    if (keys.count < max_events) return window;
    return std::clamp(std::chrono::milliseconds(now_ms - keys.since_ms),
                      std::chrono::milliseconds(0), window);
  }
};

/// Adds a run to a tenant's runs of duplicate keys: merges runs of one size into a larger one, so
/// that an event asks few of them, and drops those that lie beyond the horizon as a whole.
///
/// Lifetime: for one round.
/// Threads:  the background executor.
class KeyRunKeeper {
 public:
  /// All outlive it.
  KeyRunKeeper(async::FileSystem& files, const TenantHandle& tenant, SegmentWriter& writer,
               KeyHorizon horizon)
      : files_(files), tenant_(tenant), writer_(writer), horizon_(horizon) {}

  /// Writes `entries` behind `there`; `change` learns what comes and goes. `newest_ms` is when the
  /// newest of them was recorded.
  Status Keep(const std::vector<KeyRunInfo>& there, std::vector<KeyEntry> entries,
              std::int64_t newest_ms, IndexChange& change);

 private:
  Result<std::vector<KeyEntry>> Read(const KeyRunInfo& run);

  async::FileSystem& files_;
  const TenantHandle& tenant_;
  SegmentWriter& writer_;
  const KeyHorizon horizon_;
};

}  // namespace notify::agent::eventlog
