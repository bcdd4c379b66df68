#include "agent/eventlog/segments/segment_index.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "agent/eventlog/blocks/little_endian.hpp"

namespace notify::agent::eventlog {
namespace {

constexpr std::array<std::string_view, 2> kSchema = {
    "CREATE TABLE blocks(first INTEGER PRIMARY KEY, last INTEGER NOT NULL, recorded_ms INTEGER NOT "
    "NULL, last_recorded_ms INTEGER NOT NULL, records_bytes INTEGER NOT NULL, segment INTEGER NOT "
    "NULL, offset INTEGER NOT NULL, bytes INTEGER NOT NULL, summary BLOB NOT NULL);"
    "CREATE INDEX blocks_by_time ON blocks(last_recorded_ms);"
    "CREATE TABLE runs(id INTEGER PRIMARY KEY, level INTEGER NOT NULL, first INTEGER NOT NULL, "
    "last "
    "INTEGER NOT NULL, newest_ms INTEGER NOT NULL, keys INTEGER NOT NULL, segment INTEGER NOT "
    "NULL, offset INTEGER NOT NULL, bytes INTEGER NOT NULL);"
    "CREATE TABLE extent(one INTEGER PRIMARY KEY CHECK(one=1), last INTEGER NOT NULL, "
    "last_recorded_ms INTEGER NOT NULL, bytes INTEGER NOT NULL, segment INTEGER NOT NULL, "
    "segment_end INTEGER NOT NULL);"
    "INSERT INTO extent VALUES(1, 0, 0, 0, 0, 0)",
    "CREATE TABLE streams(stream BLOB PRIMARY KEY, version INTEGER NOT NULL, first INTEGER NOT "
    "NULL, last INTEGER NOT NULL) WITHOUT ROWID"};

constexpr std::string_view kBlockColumns =
    "first, last, recorded_ms, last_recorded_ms, records_bytes, segment, offset, bytes, summary";

std::int64_t Signed(std::uint64_t value) { return static_cast<std::int64_t>(value); }
std::uint64_t Unsigned(const store::Row& row, int column) {
  return static_cast<std::uint64_t>(row.Integer(column));
}

/// How a stream is named in the table.
std::string NameOf(const StreamKey& stream) {
  std::string name;
  Put(name, stream.high);
  Put(name, stream.low);
  return name;
}

StoredBlockInfo BlockOf(const store::Row& row) {
  return {Sequence{Unsigned(row, 0)},
          Sequence{Unsigned(row, 1)},
          row.Integer(2),
          row.Integer(3),
          static_cast<std::uint32_t>(row.Integer(4)),
          row.Integer(5),
          Unsigned(row, 6),
          Unsigned(row, 7)};
}

std::string Select(std::string_view rest) {
  return "SELECT " + std::string(kBlockColumns) + " FROM blocks " + std::string(rest);
}

}  // namespace

std::string SegmentPath(const TenantHandle& tenant, std::int64_t segment) {
  const std::string number = std::to_string(segment);
  return tenant.record().folder + "/log/" +
         std::string(8 - std::min<std::size_t>(number.size(), 8), '0') + number + ".seg";
}

Result<std::unique_ptr<SegmentIndex>> SegmentIndex::Open(const TenantHandle& tenant,
                                                         const std::string& vfs) {
  auto opened = store::Database::Open(tenant.record().folder + "/log/index.db", {.vfs = vfs});
  if (!opened) return opened.error();
  if (auto migrated = (*opened)->Migrate(kSchema); !migrated) return migrated.error();
  return std::unique_ptr<SegmentIndex>(new SegmentIndex(std::move(*opened)));
}

Result<StoredExtent> SegmentIndex::Extent() {
  StoredExtent extent;
  auto read = database_->Query("SELECT last, last_recorded_ms, bytes FROM extent", {},
                               [&](const store::Row& row) {
                                 extent.last.value = Unsigned(row, 0);
                                 extent.last_recorded_ms = row.Integer(1);
                                 extent.bytes = Unsigned(row, 2);
                                 return false;
                               });
  if (!read) return read.error();
  extent.first.value = extent.last.value + 1;
  read = database_->Query("SELECT first, recorded_ms FROM blocks ORDER BY first LIMIT 1", {},
                          [&](const store::Row& row) {
                            extent.first.value = Unsigned(row, 0);
                            extent.first_recorded_ms = row.Integer(1);
                            return false;
                          });
  if (!read) return read.error();
  const auto keys = KeysHeld();
  if (!keys) return keys.error();
  extent.keys = *keys;
  return extent;
}

Result<std::vector<KeyRunInfo>> SegmentIndex::Runs() {
  std::vector<KeyRunInfo> runs;
  auto read = database_->Query(
      "SELECT id, level, first, last, newest_ms, keys, segment, offset, bytes FROM runs ORDER BY "
      "first",
      {}, [&](const store::Row& row) {
        runs.push_back({row.Integer(0), row.Integer(1), Sequence{Unsigned(row, 2)},
                        Sequence{Unsigned(row, 3)}, row.Integer(4), Unsigned(row, 5),
                        row.Integer(6), Unsigned(row, 7), Unsigned(row, 8)});
        return true;
      });
  if (!read) return read.error();
  return runs;
}

Result<SegmentEnd> SegmentIndex::NewestSegment() {
  SegmentEnd newest;
  auto read =
      database_->Query("SELECT segment, segment_end FROM extent", {}, [&](const store::Row& row) {
        newest = {row.Integer(0), Unsigned(row, 1)};
        return false;
      });
  if (!read) return read.error();
  return newest;
}

Result<std::vector<std::int64_t>> SegmentIndex::Segments() {
  std::vector<std::int64_t> numbers;
  auto read = database_->Query("SELECT segment FROM blocks UNION SELECT segment FROM runs", {},
                               [&](const store::Row& row) {
                                 numbers.push_back(row.Integer(0));
                                 return true;
                               });
  if (!read) return read.error();
  return numbers;
}

Result<StreamHead> SegmentIndex::Stream(const StreamKey& stream) {
  StreamHead head;
  const std::string name = NameOf(stream);
  auto read = database_->Query(
      "SELECT version, first, last FROM streams WHERE stream = ?", {store::Blob{name}},
      [&](const store::Row& row) {
        head = {Unsigned(row, 0), Sequence{Unsigned(row, 1)}, Sequence{Unsigned(row, 2)}};
        return false;
      });
  if (!read) return read.error();
  return head;
}

Result<SegmentIndex::Counts> SegmentIndex::Count() {
  Counts counts;
  auto read = database_->Query("SELECT COUNT(*), COUNT(DISTINCT segment) FROM blocks", {},
                               [&](const store::Row& row) {
                                 counts = {Unsigned(row, 0), Unsigned(row, 1)};
                                 return false;
                               });
  if (!read) return read.error();
  return counts;
}

Status SegmentIndex::From(
    Sequence after,
    const std::function<bool(const StoredBlockInfo&, std::string_view summary)>& each) {
  // The block that holds `after + 1` begins at or before it.
  return database_->Query(
      Select("WHERE first >= COALESCE((SELECT MAX(first) FROM blocks WHERE first <= ?), 0) AND "
             "last > ? ORDER BY first"),
      {Signed(after.value + 1), Signed(after.value)},
      [&](const store::Row& row) { return each(BlockOf(row), row.Bytes(8)); });
}

Status SegmentIndex::DownFrom(
    Sequence below,
    const std::function<bool(const StoredBlockInfo&, std::string_view summary)>& each) {
  return database_->Query(Select("WHERE first < ? ORDER BY first DESC"), {Signed(below.value)},
                          [&](const store::Row& row) { return each(BlockOf(row), row.Bytes(8)); });
}

Status SegmentIndex::In(
    std::int64_t segment,
    const std::function<bool(const StoredBlockInfo&, std::string_view summary)>& each) {
  return database_->Query(Select("WHERE segment = ? ORDER BY first"), {segment},
                          [&](const store::Row& row) { return each(BlockOf(row), row.Bytes(8)); });
}

Result<std::optional<StoredBlockInfo>> SegmentIndex::FirstAt(std::int64_t recorded_ms) {
  std::optional<StoredBlockInfo> found;
  auto read = database_->Query(
      Select("WHERE last_recorded_ms >= ? ORDER BY last_recorded_ms, first LIMIT 1"), {recorded_ms},
      [&](const store::Row& row) {
        found = BlockOf(row);
        return false;
      });
  if (!read) return read.error();
  return found;
}

Status SegmentIndex::Apply(const IndexChange& change) {
  return database_->Transaction([&]() -> Status {
    if (auto blocks = ApplyBlocks(change); !blocks) return blocks;
    if (auto runs = ApplyRuns(change); !runs) return runs;
    if (auto streams = ApplyStreams(change); !streams) return streams;
    auto ended = database_->Run("UPDATE extent SET segment = ?, segment_end = ?",
                                {change.newest.segment, Signed(change.newest.end)});
    if (!ended) return ended.error();
    return {};
  });
}

Status SegmentIndex::ApplyBlocks(const IndexChange& change) {
  for (const Sequence gone : change.merged_away) {
    auto counted = database_->Run(
        "UPDATE extent SET bytes = bytes - (SELECT bytes FROM blocks WHERE first = ?)",
        {Signed(gone.value)});
    if (!counted) return counted.error();
    auto removed = database_->Run("DELETE FROM blocks WHERE first = ?", {Signed(gone.value)});
    if (!removed) return removed.error();
  }
  for (std::size_t i = 0; i < change.blocks.size(); ++i) {
    const StoredBlockInfo& block = change.blocks[i];
    auto written = database_->Run(
        "INSERT INTO blocks VALUES(?,?,?,?,?,?,?,?,?)",
        {Signed(block.first.value), Signed(block.last.value), block.recorded_ms,
         block.last_recorded_ms, std::int64_t{block.records_bytes}, block.segment,
         Signed(block.offset), Signed(block.bytes), store::Blob{change.summaries[i]}});
    if (!written) return written.error();
    auto counted = database_->Run(
        "UPDATE extent SET last = MAX(last, ?), last_recorded_ms = MAX(last_recorded_ms, ?), "
        "bytes = bytes + ?",
        {Signed(block.last.value), block.last_recorded_ms, Signed(block.bytes)});
    if (!counted) return counted.error();
  }
  return {};
}

Status SegmentIndex::ApplyStreams(const IndexChange& change) {
  for (const auto& [stream, head] : change.streams) {
    const std::string name = NameOf(stream);
    auto written = database_->Run("INSERT OR REPLACE INTO streams VALUES(?,?,?,?)",
                                  {store::Blob{name}, Signed(head.version),
                                   Signed(head.first.value), Signed(head.last.value)});
    if (!written) return written.error();
  }
  return {};
}

Status SegmentIndex::ApplyRuns(const IndexChange& change) {
  for (const std::int64_t gone : change.runs_gone) {
    auto removed = database_->Run("DELETE FROM runs WHERE id = ?", {gone});
    if (!removed) return removed.error();
  }
  for (const KeyRunInfo& run : change.runs) {
    auto written = database_->Run(
        "INSERT INTO runs(level, first, last, newest_ms, keys, segment, offset, bytes) "
        "VALUES(?,?,?,?,?,?,?,?)",
        {run.level, Signed(run.first.value), Signed(run.last.value), run.newest_ms,
         Signed(run.keys), run.segment, Signed(run.offset), Signed(run.bytes)});
    if (!written) return written.error();
  }
  return {};
}

}  // namespace notify::agent::eventlog
