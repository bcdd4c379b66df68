#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/eventlog/blocks/block_summary.hpp"
#include "agent/eventlog/segments/key_run.hpp"
#include "agent/flow/tenant_handle.hpp"
#include "agent/store/database.hpp"

namespace notify::agent::eventlog {

/// Where a block lies in a tenant's segments.
struct StoredBlockInfo {
  Sequence first;
  Sequence last;
  std::int64_t recorded_ms = 0;       ///< Of its first event.
  std::int64_t last_recorded_ms = 0;  ///< Of its last event.
  std::uint32_t records_bytes = 0;    ///< Before compression.
  std::int64_t segment = 0;
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
};

/// What of a log lies in its segments.
struct StoredExtent {
  Sequence first{1};  ///< One above `last` where nothing is left.
  Sequence last;
  std::int64_t first_recorded_ms = 0;
  std::int64_t last_recorded_ms = 0;
  std::uint64_t bytes = 0;  ///< Of all blocks.
  /// Which duplicate keys lie in runs: how many, from which event on, recorded when.
  struct Keys {
    std::uint64_t count = 0;
    Sequence first;
    std::int64_t since_ms = 0;
  };
  Keys keys;

  /// From the first to the last, with what is missing between them.
  std::uint64_t events() const { return last.value + 1 - first.value; }
};

/// What of a segment is alive: named by the index.
struct LiveSegment {
  std::int64_t segment = 0;
  std::uint64_t blocks = 0;
  std::uint64_t entries = 0;  ///< Blocks and runs of keys.
  std::uint64_t bytes = 0;    ///< Of these, without their entries' headers.
};

/// The newest segment and where what is proven of it ends; segment 0 where there is none.
struct SegmentEnd {
  std::int64_t segment = 0;
  std::uint64_t end = 0;
};

/// What one round of moving blocks out of the journal changes in an index.
struct IndexChange {
  std::vector<StoredBlockInfo> blocks;
  std::vector<std::string> summaries;  ///< One for each block.
  std::vector<Sequence> merged_away;   ///< `first` of blocks that are part of new ones now.
  std::vector<KeyRunInfo> runs;        ///< `id` is given by the index.
  std::vector<std::int64_t> runs_gone;
  std::map<StreamKey, StreamHead> streams;  ///< Where they stand after `blocks`.
  SegmentEnd newest;                        ///< All of the above is synced up to here.
};

/// `log/index.db` of one tenant: which blocks and which runs of keys lie where in its segments. A
/// row is written only after what it names was synced, so all that it says is there.
///
/// Lifetime: as long as its tenant's files are open.
/// Threads:  one; other threads have connections of their own.
class SegmentIndex {
 public:
  /// Opens or makes it. kUnavailable where a newer agent wrote it.
  static Result<std::unique_ptr<SegmentIndex>> Open(const TenantHandle& tenant,
                                                    const std::string& vfs);

  Result<StoredExtent> Extent();
  Result<std::vector<KeyRunInfo>> Runs();
  Result<SegmentEnd> NewestSegment();
  /// The numbers of the segments that hold a block or a run, ascending.
  Result<std::vector<std::int64_t>> Segments();
  /// Version 0 where the stream has no event.
  Result<StreamHead> Stream(const StreamKey& stream);
  struct Counts {
    std::uint64_t blocks = 0;
    std::uint64_t segments = 0;
  };
  Result<Counts> Count();

  /// Blocks with events above `after`, in order, until `each` returns false.
  Status From(Sequence after,
              const std::function<bool(const StoredBlockInfo&, std::string_view summary)>& each);
  /// Blocks with events below `below`, the newest first, until `each` returns false.
  Status DownFrom(
      Sequence below,
      const std::function<bool(const StoredBlockInfo&, std::string_view summary)>& each);
  /// The block with the first event recorded at `recorded_ms` or later.
  Result<std::optional<StoredBlockInfo>> FirstAt(std::int64_t recorded_ms);

  /// Blocks that lie in a segment, in order of their events, until `each` returns false.
  Status In(std::int64_t segment,
            const std::function<bool(const StoredBlockInfo&, std::string_view summary)>& each);

  /// Takes over a change, all or nothing, durably.
  Status Apply(const IndexChange& change);

  /// The segments that something alive lies in, in order.
  Result<std::vector<LiveSegment>> LiveSegments();
  /// Forgets the oldest blocks of those before event `first`, durably, at most so many: how many
  /// there were. Runs of keys stay.
  Result<std::uint64_t> RemoveBefore(Sequence first, std::uint64_t most_blocks);
  /// As Database::MakeDurable.
  Status MakeDurable() { return database_->MakeDurable(); }
  /// From now on `newest` is written.
  Status BeginSegment(SegmentEnd newest);

 private:
  explicit SegmentIndex(std::unique_ptr<store::Database> database)
      : database_(std::move(database)) {}
  Result<StoredExtent::Keys> KeysHeld();
  Status ApplyBlocks(const IndexChange& change);
  Status ApplyRuns(const IndexChange& change);
  Status ApplyStreams(const IndexChange& change);

  std::unique_ptr<store::Database> database_;
};

/// `log/00000001.seg` in the tenant's folder.
std::string SegmentPath(const TenantHandle& tenant, std::int64_t segment);

}  // namespace notify::agent::eventlog
