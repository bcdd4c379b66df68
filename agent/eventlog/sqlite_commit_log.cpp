#include "agent/eventlog/sqlite_commit_log.hpp"

#include <array>
#include <cstring>
#include <utility>

namespace notify::agent::eventlog {
namespace {

constexpr std::array<std::string_view, 1> kSchema = {
    "CREATE TABLE blocks(last INTEGER PRIMARY KEY, first INTEGER NOT NULL, recorded_ms INTEGER NOT "
    "NULL, bytes BLOB NOT NULL, keys BLOB NOT NULL, ids BLOB NOT NULL);"
    "CREATE INDEX blocks_by_time ON blocks(recorded_ms);"
    "CREATE TABLE totals(one INTEGER PRIMARY KEY CHECK(one=1), bytes INTEGER NOT NULL);"
    "INSERT INTO totals VALUES(1, 0)"};

Error NotOpen() { return Fail(Errc::kInternal, "The tenant's log is not open."); }

}  // namespace

Result<LogExtent> SqliteCommitLog::Open(const TenantHandle& tenant) {
  auto opened = store::Database::Open(tenant.record().folder + "/log/events.db", {.vfs = vfs_});
  if (!opened) return opened.error();
  store::Database& database = **opened;
  if (auto migrated = database.Migrate(kSchema); !migrated) return migrated.error();
  LogExtent extent;
  auto newest = database.Query("SELECT last, recorded_ms FROM blocks ORDER BY last DESC LIMIT 1",
                               {}, [&](const store::Row& row) {
                                 extent.last.value = static_cast<std::uint64_t>(row.Integer(0));
                                 extent.last_recorded_ms = row.Integer(1);
                                 return false;
                               });
  if (!newest) return newest.error();
  const auto first = database.Number("SELECT first FROM blocks ORDER BY last LIMIT 1");
  if (!first) return first.error();
  extent.first.value =
      static_cast<std::uint64_t>(first->value_or(static_cast<std::int64_t>(extent.last.value) + 1));
  const auto bytes = database.Number("SELECT bytes FROM totals");
  if (!bytes) return bytes.error();
  extent.bytes = static_cast<std::uint64_t>(bytes->value_or(0));
  open_[tenant.id()] = std::move(*opened);
  return extent;
}

void SqliteCommitLog::Close(const TenantId& tenant) { open_.erase(tenant); }

std::vector<CommitOutcome> SqliteCommitLog::Commit(std::span<const BlockToCommit> blocks,
                                                   std::vector<Error>& why) {
  std::vector<CommitOutcome> outcomes(blocks.size(), CommitOutcome::kRefused);
  why.assign(blocks.size(), Error{});
  for (std::size_t begin = 0; begin < blocks.size();) {
    std::size_t end = begin + 1;
    while (end < blocks.size() && blocks[end].tenant.id() == blocks[begin].tenant.id()) ++end;
    Error error;
    const CommitOutcome outcome = CommitTenant(blocks.subspan(begin, end - begin), error);
    for (; begin < end; ++begin) {
      outcomes[begin] = outcome;
      why[begin] = error;
    }
  }
  return outcomes;
}

CommitOutcome SqliteCommitLog::CommitTenant(std::span<const BlockToCommit> blocks, Error& why) {
  const auto found = open_.find(blocks.front().tenant.id());
  if (found == open_.end()) {
    why = NotOpen();
    return CommitOutcome::kRefused;
  }
  store::Database& database = *found->second;
  bool all_written = false;
  auto committed = database.Transaction([&]() -> Status {
    std::int64_t bytes = 0;
    for (const BlockToCommit& block : blocks) {
      bytes += static_cast<std::int64_t>(block.bytes.size());
      auto written = database.Run(
          "INSERT INTO blocks(last, first, recorded_ms, bytes, keys, ids) VALUES(?,?,?,?,?,?)",
          {static_cast<std::int64_t>(block.last.value),
           static_cast<std::int64_t>(block.first.value), block.recorded_ms,
           store::Blob{block.bytes}, store::Blob{block.keys}, store::Blob{block.ids}});
      if (!written) return written.error();
    }
    auto counted = database.Run("UPDATE totals SET bytes = bytes + ?", {bytes});
    if (!counted) return counted.error();
    all_written = true;
    return {};
  });
  if (committed) return CommitOutcome::kDurable;
  why = committed.error();
  // Before COMMIT nothing can have become visible; a COMMIT that failed may or may not have.
  return all_written ? CommitOutcome::kUnknown : CommitOutcome::kRefused;
}

Status SqliteCommitLog::Keys(const TenantHandle& tenant, std::int64_t since_ms, Sequence above,
                             const std::function<void(Sequence, std::string_view)>& each) {
  const auto found = open_.find(tenant.id());
  if (found == open_.end()) return NotOpen();
  return found->second->Query(
      "SELECT first, keys FROM blocks WHERE last > ? AND recorded_ms >= ? ORDER BY last",
      {static_cast<std::int64_t>(above.value), since_ms}, [&](const store::Row& row) {
        each(Sequence{static_cast<std::uint64_t>(row.Integer(0))}, row.Bytes(1));
        return true;
      });
}

Result<std::vector<std::string>> SqliteCommitLog::Read(const TenantHandle& tenant, Sequence after,
                                                       std::size_t max_bytes) {
  const auto found = open_.find(tenant.id());
  if (found == open_.end()) return NotOpen();
  std::vector<std::string> blocks;
  std::size_t bytes = 0;
  auto read =
      found->second->Query("SELECT bytes FROM blocks WHERE last > ? ORDER BY last",
                           {static_cast<std::int64_t>(after.value)}, [&](const store::Row& row) {
                             blocks.emplace_back(row.Bytes(0));
                             bytes += blocks.back().size();
                             return bytes < max_bytes;
                           });
  if (!read) return read.error();
  return blocks;
}

Result<std::optional<Sequence>> SqliteCommitLog::FindId(const TenantHandle& tenant,
                                                        std::uint64_t id_key, Sequence below) {
  const auto found = open_.find(tenant.id());
  if (found == open_.end()) return NotOpen();
  std::optional<Sequence> newest;
  auto searched = found->second->Query(
      "SELECT first, ids FROM blocks WHERE first < ? ORDER BY last DESC",
      {static_cast<std::int64_t>(below.value)}, [&](const store::Row& row) {
        const auto first = static_cast<std::uint64_t>(row.Integer(0));
        const std::string_view ids = row.Bytes(1);
        for (std::size_t i = ids.size() / sizeof id_key; i-- > 0;) {
          std::uint64_t candidate = 0;
          std::memcpy(&candidate, ids.data() + i * sizeof candidate, sizeof candidate);
          if (candidate != id_key || first + i >= below.value) continue;
          newest = Sequence{first + i};
          return false;
        }
        return true;
      });
  if (!searched) return searched.error();
  return newest;
}

Result<Sequence> SqliteCommitLog::Before(const TenantHandle& tenant, std::int64_t recorded_ms) {
  const auto found = open_.find(tenant.id());
  if (found == open_.end()) return NotOpen();
  const auto last = found->second->Number(
      "SELECT last FROM blocks WHERE recorded_ms < ? ORDER BY recorded_ms DESC, last DESC LIMIT 1",
      {recorded_ms});
  if (!last) return last.error();
  return Sequence{static_cast<std::uint64_t>(last->value_or(0))};
}

}  // namespace notify::agent::eventlog
