#include "agent/projection/metric_counts.hpp"

#include <chrono>
#include <nlohmann/json.hpp>

#include "common/model/event.hpp"
#include "common/model/rfc3339.hpp"

namespace notify::agent::projection {
namespace {

constexpr std::array<std::string_view, kMetrics> kNames = {"events", "notifications", "deliveries"};
constexpr std::array<std::string_view, kMetrics> kKeys = {"type", "channel", "status"};

std::int64_t Signed(std::uint64_t value) { return static_cast<std::int64_t>(value); }

Status Done(const Result<std::int64_t>& changed) {
  return changed ? Status() : Status(changed.error());
}

std::string Table(const char* name, Snapshot snapshot) {
  return std::string(name) + (snapshot == Snapshot::kNext ? "_next" : "");
}

Status Empty(store::Database& state, Snapshot snapshot) {
  auto gone = Done(state.Run("DELETE FROM " + Table("projection_counts", snapshot)));
  if (!gone) return gone;
  return Done(state.Run("DELETE FROM " + Table("projection_position", snapshot)));
}

// History counts in the minute in which it happened.
std::int64_t MinuteOf(std::string_view time, std::int64_t otherwise) {
  const auto parsed = ParseRfc3339(time);
  if (!parsed) return otherwise;
  return std::chrono::floor<std::chrono::minutes>(*parsed).time_since_epoch().count();
}

std::string ChannelOf(std::string_view record) {
  EventView event;
  if (!ReadRecord(record, event)) return {};
  const auto data = nlohmann::json::parse(event.data, nullptr, false);
  if (!data.is_object()) return {};
  const auto channel = data.find("channel");
  return channel != data.end() && channel->is_string() ? channel->get<std::string>()
                                                       : std::string();
}

}  // namespace

std::string_view MetricName(Metric metric) { return kNames.at(static_cast<std::size_t>(metric)); }
std::string_view KeyName(Metric metric) { return kKeys.at(static_cast<std::size_t>(metric)); }

std::optional<Metric> MetricFromName(std::string_view name) {
  for (std::size_t i = 0; i < kMetrics; ++i) {
    if (kNames[i] == name) return static_cast<Metric>(i);
  }
  return std::nullopt;
}

std::uint64_t& MetricCounts::At(Minute& minute, Metric metric, std::string_view key) {
  Counts& counts = minute.at(static_cast<std::size_t>(metric));
  auto place = counts.find(key);
  if (place == counts.end()) {
    place = counts.emplace(std::string(key), 0).first;
    ++keys_;
  }
  return place->second;
}

void MetricCounts::Add(const CommittedBatch& batch, Position after) {
  std::size_t index = 0;
  if (after.epoch == batch.epoch && after.sequence >= batch.first) {
    index = after.sequence.value - batch.first.value + 1;
  }
  if (index >= batch.events.size()) return;
  // Neighbours are mostly of one minute and type: looked up once for each run of them.
  std::int64_t number = 0;
  Minute* minute = nullptr;
  std::string_view type;
  std::uint64_t* count = nullptr;
  for (; index < batch.events.size(); ++index) {
    const std::string_view record = batch.events.Record(index);
    const auto keys = ReadRecordKeys(record);
    if (!keys) continue;
    // A merged batch can reach from one minute into another, too.
    const std::int64_t recorded = batch.RecordedMs(index) / 60'000;
    const std::int64_t at = keys->imported ? MinuteOf(keys->time, recorded) : recorded;
    if (minute == nullptr || at != number) {
      number = at;
      minute = &minutes_[at];
      count = nullptr;
    }
    if (count == nullptr || keys->type != type) {
      type = keys->type;
      count = &At(*minute, Metric::kEvents, type);
    }
    *count += keys->stands_for;
    ++events_;
    if (type.starts_with("notification.") || type.starts_with("delivery.")) {
      AddOwn(*minute, *keys, record);
    }
  }
}

void MetricCounts::AddOwn(Minute& minute, const RecordKeys& keys, std::string_view record) {
  if (keys.type == "notification.created") {
    At(minute, Metric::kNotifications, ChannelOf(record)) += keys.stands_for;
  } else if (keys.type == "notification.delivered") {
    At(minute, Metric::kDeliveries, "DELIVERED") += keys.stands_for;
  } else if (keys.type == "notification.sent") {
    At(minute, Metric::kDeliveries, "SENT") += keys.stands_for;
  } else if (keys.type == "delivery.failed") {
    At(minute, Metric::kDeliveries, "FAILED") += keys.stands_for;
  }
}

void MetricCounts::SumInto(Metric metric, std::int64_t first, std::int64_t last, Sums& sums) const {
  for (auto place = minutes_.lower_bound(first); place != minutes_.end() && place->first < last;
       ++place) {
    for (const auto& [key, value] : place->second.at(static_cast<std::size_t>(metric))) {
      sums[key] += value;
    }
  }
}

void MetricCounts::Clear() {
  minutes_.clear();
  events_ = 0;
  keys_ = 0;
}

Status MetricCounts::WriteTo(store::Database& state, Snapshot snapshot) const {
  const std::string sql = "INSERT INTO " + Table("projection_counts", snapshot) +
                          " VALUES(?1,?2,?3,?4) "
                          "ON CONFLICT(metric,minute,key) DO UPDATE SET value=value+excluded.value";
  for (const auto& [minute, metrics] : minutes_) {
    for (std::size_t metric = 0; metric < kMetrics; ++metric) {
      for (const auto& [key, value] : metrics.at(metric)) {
        auto put =
            Done(state.Run(sql, {static_cast<std::int64_t>(metric), minute, key, Signed(value)}));
        if (!put) return put;
      }
    }
  }
  return {};
}

Result<std::optional<Position>> SnapshotPosition(store::Database& state, Snapshot snapshot) {
  std::optional<Position> position;
  auto read = state.Query("SELECT epoch,sequence FROM " + Table("projection_position", snapshot),
                          {}, [&](const store::Row& row) {
                            position = {Epoch{static_cast<std::uint64_t>(row.Integer(0))},
                                        Sequence{static_cast<std::uint64_t>(row.Integer(1))}};
                            return false;
                          });
  if (!read) return read.error();
  return position;
}

Status WriteSnapshot(store::Database& state, Snapshot snapshot, const MetricCounts& counts,
                     Position position) {
  return state.Transaction([&]() -> Status {
    if (auto written = counts.WriteTo(state, snapshot); !written) return written;
    return Done(state.Run(
        "INSERT OR REPLACE INTO " + Table("projection_position", snapshot) + " VALUES(1,?1,?2)",
        {Signed(position.epoch.value), Signed(position.sequence.value)}));
  });
}

Status DropSnapshot(store::Database& state, Snapshot snapshot) {
  return state.Transaction([&] { return Empty(state, snapshot); });
}

Status SwapSnapshots(store::Database& state) {
  return state.Transaction([&]() -> Status {
    if (auto gone = Empty(state, Snapshot::kServing); !gone) return gone;
    for (const std::string_view sql :
         {"INSERT INTO projection_counts SELECT * FROM projection_counts_next",
          "INSERT INTO projection_position SELECT * FROM projection_position_next"}) {
      if (auto moved = Done(state.Run(sql)); !moved) return moved;
    }
    return Empty(state, Snapshot::kNext);
  });
}

Status SumSnapshot(store::Database& state, Metric metric, std::int64_t first, std::int64_t last,
                   Sums& sums) {
  return state.Query(
      "SELECT key,sum(value) FROM projection_counts WHERE metric=?1 AND minute>=?2 AND minute<?3 "
      "GROUP BY key",
      {static_cast<std::int64_t>(metric), first, last}, [&](const store::Row& row) {
        sums[row.Text(0)] += static_cast<std::uint64_t>(row.Integer(1));
        return true;
      });
}

}  // namespace notify::agent::projection
