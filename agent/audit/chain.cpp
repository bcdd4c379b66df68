#include "agent/audit/chain.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <tuple>
#include <utility>

namespace notify::agent::audit {
namespace {

using store::Row;

constexpr std::array<std::string_view, 1> kSteps = {
    "CREATE TABLE audit_records(seq INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL,"
    " action TEXT NOT NULL, result TEXT NOT NULL, body TEXT NOT NULL, hash TEXT NOT NULL);"
    "CREATE INDEX audit_records_by_time ON audit_records(time_ms, seq)"};
constexpr store::StageSchema kSchema{"audit", kSteps};

struct Place {
  std::int64_t time_ms = std::numeric_limits<std::int64_t>::min();
  std::string chain;
  std::int64_t seq = 0;
};

/// `time.seq.chain`, as CursorOf writes it.
Result<Place> ParseCursor(std::string_view text) {
  Place place;
  if (text.empty()) return place;
  const char* const end = text.data() + text.size();
  const auto time = std::from_chars(text.data(), end, place.time_ms);
  if (time.ec == std::errc() && time.ptr != end && *time.ptr == '.') {
    const auto seq = std::from_chars(time.ptr + 1, end, place.seq);
    if (seq.ec == std::errc() && seq.ptr != end && *seq.ptr == '.') {
      place.chain.assign(seq.ptr + 1, end);
      return place;
    }
  }
  return Fail(Errc::kInvalidArgument, "The cursor is not one that a list gave.",
              "Begin without a cursor.");
}

// After the cursor means a later time, or at that time a later chain, or in that chain a later
// number: the order in which chains are merged.
std::int64_t FirstSeqAt(const Place& after, const std::string& chain) {
  if (chain == after.chain) return after.seq + 1;
  return chain > after.chain ? 0 : std::numeric_limits<std::int64_t>::max();
}

}  // namespace

const store::StageSchema& ChainSchema() { return kSchema; }

Status AppendToChain(store::Database& database, std::span<const CountedEntry> entries) {
  return database.Transaction([&]() -> Status {
    std::int64_t seq = 0;
    std::string hash(GenesisHash());
    auto head = database.Query("SELECT seq, hash FROM audit_records ORDER BY seq DESC LIMIT 1", {},
                               [&](const Row& row) {
                                 seq = row.Integer(0);
                                 hash = row.Text(1);
                                 return false;
                               });
    if (!head) return head;
    for (const CountedEntry& counted : entries) {
      const std::string body = BodyOf(counted, ++seq, hash);
      hash = HashOf(body);
      auto written = database.Run(
          "INSERT INTO audit_records VALUES(?,?,?,?,?,?)",
          {seq, counted.time_ms, std::string_view(counted.entry.action),
           std::string_view(counted.entry.result), std::string_view(body), std::string_view(hash)});
      if (!written) return written.error();
    }
    return {};
  });
}

Result<std::vector<AuditRecord>> ReadChain(store::Database& database, const std::string& chain,
                                           const AuditFilter& filter) {
  const auto after = ParseCursor(filter.cursor);
  if (!after) return after.error();
  const bool prefix = filter.action.ends_with(".*");
  const std::string_view action =
      std::string_view(filter.action).substr(0, filter.action.size() - (prefix ? 1 : 0));
  std::string sql =
      "SELECT time_ms, seq, body, hash FROM audit_records WHERE time_ms>=?1 AND time_ms<?2"
      " AND (time_ms>?3 OR (time_ms=?3 AND seq>=?4)) AND (?5='' OR result=?5)"
      " AND substr(action, 1, coalesce(?7, length(action)))=coalesce(?6, action)"
      " ORDER BY time_ms ";
  sql += filter.last ? "DESC, seq DESC LIMIT ?8" : ", seq LIMIT ?8";
  const bool any = filter.action.empty() || filter.action == "*";
  const store::Parameter wanted = any ? store::Parameter(nullptr) : store::Parameter(action);
  const store::Parameter length =
      prefix ? store::Parameter(static_cast<std::int64_t>(action.size())) : nullptr;
  std::vector<AuditRecord> records;
  auto read =
      database.Query(sql,
                     {filter.since_ms.value_or(std::numeric_limits<std::int64_t>::min()),
                      filter.until_ms.value_or(std::numeric_limits<std::int64_t>::max()),
                      after->time_ms, FirstSeqAt(*after, chain), std::string_view(filter.result),
                      wanted, length, static_cast<std::int64_t>(filter.limit)},
                     [&](const Row& row) {
                       records.push_back({.time_ms = row.Integer(0),
                                          .chain = chain,
                                          .seq = row.Integer(1),
                                          .json = RecordJson(row.Text(2), row.Text(3))});
                       return true;
                     });
  if (!read) return read.error();
  if (filter.last) std::ranges::reverse(records);
  return records;
}

std::string CursorOf(const AuditRecord& record) {
  return std::to_string(record.time_ms) + "." + std::to_string(record.seq) + "." + record.chain;
}

Result<ChainReport> VerifyChain(store::Database& database) {
  ChainReport report;
  report.head = GenesisHash();
  auto read = database.Query("SELECT seq, body, hash FROM audit_records ORDER BY seq", {},
                             [&report](const Row& row) {
                               const std::int64_t seq = report.records + 1;
                               const std::string body = row.Text(1);
                               const std::string hash = row.Text(2);
                               const std::string begin = "{\"seq\":" + std::to_string(seq) + ",";
                               const std::string end = ",\"prevHash\":\"" + report.head + "\"}";
                               if (row.Integer(0) != seq) {
                                 report.why = "The record is missing.";
                               } else if (HashOf(body) != hash) {
                                 report.why = "The record was changed.";
                               } else if (!body.starts_with(begin) || !body.ends_with(end)) {
                                 report.why = "The record does not follow the one before it.";
                               } else {
                                 report.records = seq;
                                 report.head = hash;
                                 return true;
                               }
                               report.broken_at = seq;
                               return false;
                             });
  if (!read) return read.error();
  return report;
}

}  // namespace notify::agent::audit
