// The part of SegmentIndex that retention and compaction need: what is alive, and what goes.
#include <utility>

#include "agent/eventlog/segments/segment_index.hpp"

namespace notify::agent::eventlog {
namespace {

std::int64_t Signed(std::uint64_t value) { return static_cast<std::int64_t>(value); }
std::uint64_t Unsigned(const store::Row& row, int column) {
  return static_cast<std::uint64_t>(row.Integer(column));
}

}  // namespace

Result<StoredExtent::Keys> SegmentIndex::KeysHeld() {
  StoredExtent::Keys keys;
  auto read = database_->Query(
      "SELECT COALESCE(SUM(keys), 0), COALESCE(MIN(first), 0), COALESCE(MIN(newest_ms), 0) FROM "
      "runs",
      {}, [&](const store::Row& row) {
        keys = {Unsigned(row, 0), Sequence{Unsigned(row, 1)}, row.Integer(2)};
        return false;
      });
  if (!read) return read.error();
  // Where the first of them is removed, the newest of its run stands for it.
  const auto since = database_->Number(
      "SELECT recorded_ms FROM blocks WHERE first <= ? ORDER BY first DESC LIMIT 1",
      {Signed(keys.first.value)});
  if (!since) return since.error();
  keys.since_ms = since->value_or(keys.since_ms);
  return keys;
}

Result<std::vector<LiveSegment>> SegmentIndex::LiveSegments() {
  std::vector<LiveSegment> segments;
  auto read = database_->Query(
      "SELECT segment, SUM(blocks), COUNT(*), SUM(bytes) FROM (SELECT segment, 1 AS blocks, bytes "
      "FROM "
      "blocks UNION ALL SELECT segment, 0, bytes FROM runs) GROUP BY segment ORDER BY segment",
      {}, [&](const store::Row& row) {
        segments.push_back({row.Integer(0), Unsigned(row, 1), Unsigned(row, 2), Unsigned(row, 3)});
        return true;
      });
  if (!read) return read.error();
  return segments;
}

Result<std::uint64_t> SegmentIndex::RemoveBefore(Sequence first, std::uint64_t most_blocks) {
  std::uint64_t removed = 0;
  auto done = database_->Transaction([&]() -> Status {
    auto counted = database_->Run(
        "UPDATE extent SET bytes = bytes - (SELECT COALESCE(SUM(bytes), 0) FROM (SELECT bytes FROM "
        "blocks WHERE first < ?1 ORDER BY first LIMIT ?2))",
        {Signed(first.value), Signed(most_blocks)});
    if (!counted) return counted.error();
    auto deleted = database_->Run(
        "DELETE FROM blocks WHERE first IN (SELECT first FROM blocks WHERE first < ?1 ORDER BY "
        "first LIMIT ?2)",
        {Signed(first.value), Signed(most_blocks)});
    if (!deleted) return deleted.error();
    removed = static_cast<std::uint64_t>(*deleted);
    return {};
  });
  if (!done) return done.error();
  return removed;
}

Status SegmentIndex::BeginSegment(SegmentEnd newest) {
  auto begun = database_->Run("UPDATE extent SET segment = ?, segment_end = ?",
                              {newest.segment, Signed(newest.end)});
  if (!begun) return begun.error();
  return {};
}

}  // namespace notify::agent::eventlog
