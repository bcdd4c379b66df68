#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/audit/chain_record.hpp"
#include "agent/store/database.hpp"

namespace notify::agent::audit {

/// Which records of a chain, ascending by time.
struct AuditFilter {
  std::optional<std::int64_t> since_ms;  ///< Inclusive, Unix time.
  std::optional<std::int64_t> until_ms;  ///< Exclusive.
  std::string action;                    ///< `hub.join`, a prefix as in `hub.*`; empty: all.
  std::string result;                    ///< `granted`, `refused`; empty: all.
  std::string cursor;                    ///< `next` of the page before; empty: the first page.
  std::size_t limit = 50;
  bool last = false;  ///< The last `limit` that match instead of the first.
};

/// A record as it is shown.
struct AuditRecord {
  std::int64_t time_ms = 0;
  std::string chain;  ///< The tenant's name; empty: the platform's.
  std::int64_t seq = 0;
  std::string json;  ///< The whole record, one JSON object.
};

/// What a walk over a chain found.
struct ChainReport {
  std::int64_t records = 0;               ///< That hold, from the first on.
  std::string head;                       ///< The hash of the last of them.
  std::optional<std::int64_t> broken_at;  ///< The first `seq` that does not hold.
  std::string why;                        ///< One sentence, where it is broken.
};

/// The tables of a chain, in `state.db` and in platform.db.
const store::StageSchema& ChainSchema();

/// Appends records to the chain in one transaction: all or none.
Status AppendToChain(store::Database& database, std::span<const CountedEntry> entries);

/// A page of the chain. kInvalidArgument: the cursor is not one that `CursorOf` gave.
Result<std::vector<AuditRecord>> ReadChain(store::Database& database, const std::string& chain,
                                           const AuditFilter& filter);

/// Where the page after this record begins.
std::string CursorOf(const AuditRecord& record);

/// Checks every record: its number, its hash, and the hash before. Records that somebody cut off at
/// the end are not missed by the rest: compare `head` with one that was kept elsewhere.
Result<ChainReport> VerifyChain(store::Database& database);

}  // namespace notify::agent::audit
