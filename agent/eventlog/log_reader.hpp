#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "agent/eventlog/blocks/block_sealer.hpp"
#include "agent/eventlog/journal/journal_reader.hpp"
#include "agent/eventlog/log_check.hpp"
#include "agent/eventlog/segments/stored_log.hpp"

namespace notify::agent::eventlog {

/// Decoded blocks that were read lately, for the readers that go the same way behind one another.
///
/// Threads:  one.
class DecodedBlocks {
 public:
  explicit DecodedBlocks(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  /// Nothing where it is not there.
  BatchPtr Find(const TenantHandle& tenant, Sequence first, Sequence last);
  void Keep(const TenantHandle& tenant, const BatchPtr& batch);
  void Forget(const TenantId& tenant);
  void Clear();
  /// Lets go of what was not used since the call before.
  void DropIdle();
  std::size_t bytes() const { return bytes_; }

 private:
  using Key = std::tuple<TenantId, Epoch, Sequence, Sequence>;
  struct Entry {
    Key key;
    BatchPtr batch;
    std::uint64_t round = 0;  // Of its last use.
  };
  void Drop(std::list<Entry>::iterator entry);

  const std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  std::uint64_t round_ = 0;   // Counts DropIdle.
  std::list<Entry> entries_;  // Most recently used first.
  std::map<Key, std::list<Entry>::iterator> by_key_;
};

/// An event as it was found.
struct FoundEvent {
  BatchPtr batch;
  std::size_t index = 0;
};

/// What a reader looks for, so that blocks that hold none of it are not opened. Empty: everything.
struct WantedEvents {
  std::vector<std::string> types;  ///< Patterns as in `fx.*`.
  std::string stream;
};

/// Reads history from segments and journals, proves and opens it. A block that is damaged is left
/// out: that is a hole, which the reader is told of as a gap, and the rest is served.
///
/// Lifetime: as the EventLog.
/// Threads:  the reader executor.
class LogReader {
 public:
  LogReader(async::FileSystem& files, Random& random, std::size_t max_open,
            std::size_t cache_bytes);

  /// What a read found. `covered` is the last event that was looked at, also of blocks that were
  /// skipped or are damaged.
  struct Found {
    std::vector<BatchPtr> batches;
    Sequence covered;
    std::optional<Sequence> hole_before;  ///< Events behind `after` up to here are damaged.
    bool is_front = false;  ///< That hole is before the first block of the log: it was removed.
    bool stale = false;     ///< The journal was used again meanwhile: ask where the blocks are now.
    bool is_scan = false;   ///< It went on where the tenant's last read ended.
  };
  /// Events above `after` in the segments.
  Result<Found> ReadStored(const TenantHandle& tenant, Sequence after, std::size_t max_bytes,
                           const WantedEvents& wanted);
  /// Opens what a scan will ask for next, while its reader works on what it has.
  void ReadAhead(const TenantHandle& tenant, Sequence after, std::size_t max_bytes,
                 const WantedEvents& wanted);
  /// As ReadStored, of these blocks in a journal. A block that cannot be opened is damaged, or its
  /// file was used again since: only with `is_sure`, after asking again, it is taken for damaged.
  Result<Found> ReadJournal(const TenantHandle& tenant, Sequence after,
                            const JournaledBlocks& blocks, bool is_sure);

  /// The newest event with this id, of `source` where one is given: in the journal's blocks, then
  /// in the segments.
  Result<std::optional<FoundEvent>> Find(const TenantHandle& tenant, std::string_view id,
                                         std::string_view source, const JournaledBlocks& journal);

  /// The last event recorded before `recorded_ms`; `journal` holds all that is not stored yet, and
  /// `last` is the log's last event.
  Result<Sequence> Before(const TenantHandle& tenant, std::int64_t recorded_ms,
                          const JournaledBlocks& journal, Sequence last);

  /// What lies in the segments, and what lies in the journal beside them.
  Result<LogStat> Stat(const TenantHandle& tenant, const JournaledBlocks& journal);

  /// Proves the blocks behind `after` in the segments, some megabytes at once, adding to `check`.
  /// Where it came; `after` itself at the end.
  Result<Sequence> CheckStored(const TenantHandle& tenant, Sequence after, LogCheck& check);
  /// The same of all blocks of a journal behind `after`.
  Result<Sequence> CheckJournal(const TenantHandle& tenant, Sequence after,
                                const JournaledBlocks& journal, LogCheck& check);
  Status CheckKeyRuns(const TenantHandle& tenant, LogCheck& check);

  void Forget(const TenantId& tenant);
  /// Closes all files and gives the cache back.
  void CloseAll();
  /// Closes all files, which may be old ones, and gives back what of the cache nobody used since
  /// the call before.
  void CloseIdle();

 private:
  BatchPtr Open(const TenantHandle& tenant, Sequence first, Sequence last, std::string_view bytes);
  std::optional<FoundEvent> NewestIn(const BatchPtr& batch, std::string_view id,
                                     std::string_view source, Sequence below) const;

  JournalReader journal_;
  StoredLog stored_;
  BlockSealer sealer_;
  DecodedBlocks cache_;
  std::map<TenantId, Sequence> read_to_;  // Where each tenant's last read of segments ended.
};

}  // namespace notify::agent::eventlog
