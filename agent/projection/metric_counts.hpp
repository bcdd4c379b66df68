#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "agent/flow/event_source.hpp"
#include "agent/store/database.hpp"
#include "common/ids.hpp"
#include "common/model/event.hpp"

namespace notify::agent::projection {

/// What is counted (docs/http_api.md, "Metrics").
enum class Metric : std::uint8_t {
  kEvents,         ///< By type: what entered the log.
  kNotifications,  ///< By channel: what was made.
  kDeliveries,     ///< By status: what ended.
};
inline constexpr std::size_t kMetrics = 3;

/// `events`, `notifications`, `deliveries`; and by what each is counted: `type`, `channel`,
/// `status`.
std::string_view MetricName(Metric metric);
std::string_view KeyName(Metric metric);
std::optional<Metric> MetricFromName(std::string_view name);

/// Sums by key, of some stretch of time.
using Sums = std::map<std::string, std::uint64_t, std::less<>>;

/// Which counts in state.db: those that answers come from, or those that a rebuild makes.
enum class Snapshot : std::uint8_t { kServing, kNext };

/// Counts of one tenant by minute and key, from events in the order of the log: a fold without any
/// I/O, so that counting again gives the same.
///
/// Threads:  one at a time.
class MetricCounts {
 public:
  /// Counts the events of a batch behind `after`.
  void Add(const CommittedBatch& batch, Position after);

  /// Adds to `sums` what was counted in minutes from `first` to before `last`.
  void SumInto(Metric metric, std::int64_t first, std::int64_t last, Sums& sums) const;

  /// Events since Clear(), and keys of all minutes.
  std::uint64_t events() const { return events_; }
  std::size_t keys() const { return keys_; }
  bool empty() const { return events_ == 0; }
  void Clear();

  /// Adds the counts to those of the snapshot, within the caller's transaction.
  Status WriteTo(store::Database& state, Snapshot snapshot) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  using Counts = std::unordered_map<std::string, std::uint64_t, Hash, std::equal_to<>>;
  using Minute = std::array<Counts, kMetrics>;

  std::uint64_t& At(Minute& minute, Metric metric, std::string_view key);
  void AddOwn(Minute& minute, const RecordKeys& keys, std::string_view record);

  std::map<std::int64_t, Minute> minutes_;
  std::uint64_t events_ = 0;
  std::size_t keys_ = 0;
};

/// The position of a snapshot; nothing where there is none.
Result<std::optional<Position>> SnapshotPosition(store::Database& state, Snapshot snapshot);
/// Adds `counts` to a snapshot and moves it to `position`, in one transaction.
Status WriteSnapshot(store::Database& state, Snapshot snapshot, const MetricCounts& counts,
                     Position position);
/// Throws a snapshot away.
Status DropSnapshot(store::Database& state, Snapshot snapshot);
/// What a rebuild made takes the place of what served, in one transaction.
Status SwapSnapshots(store::Database& state);
/// Adds to `sums` what the snapshot has in minutes from `first` to before `last`.
Status SumSnapshot(store::Database& state, Metric metric, std::int64_t first, std::int64_t last,
                   Sums& sums);

}  // namespace notify::agent::projection
