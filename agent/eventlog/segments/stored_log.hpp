#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/async/file.hpp"
#include "agent/eventlog/segments/segment_index.hpp"

namespace notify::agent::eventlog {

/// A block as it lies in a segment, not yet opened.
struct RawBlock {
  StoredBlockInfo info;
  std::string bytes;
  bool skipped = false;  ///< It holds nothing of what is looked for, and `bytes` is empty.
};

/// Reads what lies in the tenants' segments. Files and indexes of the tenants used last stay open.
///
/// Lifetime: as its thread's part of the log.
/// Threads:  one; each thread that reads has its own.
class StoredLog {
 public:
  /// `files` outlives it. At most `max_open` tenants are open at once.
  StoredLog(async::FileSystem& files, std::size_t max_open)
      : files_(files), max_open_(std::max<std::size_t>(max_open, 1)) {}

  Result<StoredExtent> Extent(const TenantHandle& tenant);

  Result<SegmentIndex::Counts> Count(const TenantHandle& tenant);

  /// The runs of keys as the index names them, and whether the bytes of one are whole.
  Result<std::vector<KeyRunInfo>> RunInfos(const TenantHandle& tenant);
  Result<bool> IsWhole(const TenantHandle& tenant, const KeyRunInfo& run);

  /// Where a stream stands in the segments; version 0 where it has no event there.
  Result<StreamHead> Stream(const TenantHandle& tenant, const StreamKey& stream);

  /// The runs of keys, ready to be asked.
  Result<std::vector<std::unique_ptr<KeyRun>>> Runs(const TenantHandle& tenant);

  /// Blocks with events above `after`, in order, until they have `max_bytes`, at least one.
  /// What no block holds by its summary is skipped.
  struct Wanted {
    TypeHashes types;
    std::optional<StreamKey> stream;
    bool MayBeIn(const BlockSummary& summary) const {
      return summary.MayHoldTypes(types) && (!stream || summary.MayHoldStream(*stream));
    }
    bool all() const { return types.empty() && !stream; }
  };
  Result<std::vector<RawBlock>> Read(const TenantHandle& tenant, Sequence after,
                                     std::size_t max_bytes, const Wanted& wanted);
  Result<std::vector<RawBlock>> Read(const TenantHandle& tenant, Sequence after,
                                     std::size_t max_bytes) {
    return Read(tenant, after, max_bytes, Wanted{});
  }

  /// The newest block below `below` that may hold an event with this id key.
  Result<std::optional<RawBlock>> NewestWithId(const TenantHandle& tenant, std::uint64_t id_key,
                                               Sequence below);

  /// The block with the first event recorded at `recorded_ms` or later.
  Result<std::optional<RawBlock>> FirstAt(const TenantHandle& tenant, std::int64_t recorded_ms);

  void Close(const TenantId& tenant);
  void CloseAll() { open_.clear(); }

 private:
  struct Open {
    TenantId tenant;
    Epoch epoch;
    std::unique_ptr<SegmentIndex> index;
    // Shared with the runs of keys that lie in the same segments.
    std::map<std::int64_t, std::shared_ptr<async::File>> segments;
  };
  Result<Open*> Files(const TenantHandle& tenant);
  Result<std::shared_ptr<async::File>> Segment(Open& open, const TenantHandle& tenant,
                                               std::int64_t segment);
  Result<std::shared_ptr<async::File>> SegmentOf(const TenantHandle& tenant, std::int64_t segment);
  Result<std::string> Bytes(Open& open, const TenantHandle& tenant, const StoredBlockInfo& info);
  Result<std::vector<RawBlock>> ReadOnce(const TenantHandle& tenant, Sequence after,
                                         std::size_t max_bytes, const Wanted& wanted);
  Result<std::optional<RawBlock>> NewestWithIdOnce(const TenantHandle& tenant, std::uint64_t id_key,
                                                   Sequence below);
  Result<std::optional<RawBlock>> FirstAtOnce(const TenantHandle& tenant, std::int64_t recorded_ms);

  async::FileSystem& files_;
  const std::size_t max_open_;
  std::list<Open> open_;  // Most recently used first.
};

}  // namespace notify::agent::eventlog
