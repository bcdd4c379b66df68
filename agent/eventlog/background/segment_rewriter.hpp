#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/eventlog/background/pace.hpp"
#include "agent/eventlog/blocks/block_sealer.hpp"
#include "agent/eventlog/segments/segment_writer.hpp"

namespace notify::agent::eventlog {

/// What compacting a tenant's segments would find to do.
struct CompactionPlan {
  std::uint64_t segments = 0;
  std::uint64_t bytes = 0;         ///< Of the segments' files.
  std::uint64_t live_bytes = 0;    ///< Of them what the index names.
  std::uint64_t small_blocks = 0;  ///< That would be merged with a neighbour.
  std::uint64_t rewritten_segments = 0;
  std::uint64_t rewritten_bytes = 0;  ///< Alive in those, to be written again.

  std::uint64_t dead_bytes() const { return bytes > live_bytes ? bytes - live_bytes : 0; }
  bool is_empty() const { return small_blocks == 0 && rewritten_segments == 0; }
};

/// Where a compaction is: what it merged so far, and which segments it does not touch because it
/// wrote them itself.
struct CompactionCursor {
  Sequence merged_to;
  bool merging = true;
  std::int64_t rewriting = 0;          ///< The segment that is emptied; 0: none yet.
  std::int64_t own_segments_from = 0;  ///< 0: nothing is written yet.
  bool is_done = false;
  // What was done so far.
  std::uint64_t merged_blocks = 0;
  std::uint64_t rewritten_bytes = 0;
};

/// Compacts a tenant's segments, a step of a few megabytes at a time: merges small blocks that
/// follow one another, then writes again what is alive in segments that are partly dead. Each step
/// is: write, sync, one transaction of the index; the files in which nothing is alive any more are
/// deleted afterwards. So a crash at any point leaves every block where the index says, and a step
/// that was cut off is done again.
///
/// Lifetime: for one plan or step.
/// Threads:  the background executor; nobody else writes the tenant's segments meanwhile.
class SegmentRewriter {
 public:
  struct Shared {
    async::FileSystem& files;
    BlockSealer& sealer;
    Pace& pace;
    const std::function<Status()>& room;  ///< Whether segments may grow.
  };

  /// All outlive it.
  SegmentRewriter(Shared shared, const TenantHandle& tenant) : shared_(shared), tenant_(tenant) {}

  Result<CompactionPlan> Plan();

  /// Goes on at `cursor`. kStorageFull, kInternal: nothing of the step counts.
  async::Task<Status> Step(CompactionCursor& cursor);

  /// The index, once a plan or a step opened it.
  SegmentIndex& index() { return *index_; }

 private:
  struct Block {
    StoredBlockInfo info;
    std::string summary;
  };
  struct Part {
    std::int64_t segment = 0;
    std::uint64_t bytes = 0;  // Of the file.
    std::uint64_t live = 0;
    bool IsWorthIt() const;
  };

  Status Open();
  Status OpenWriter(CompactionCursor& cursor);
  Result<std::vector<Part>> Parts();
  Status MergeSmall(CompactionCursor& cursor);
  Status Merge(CompactionCursor& cursor, const std::vector<Block>& group);
  Status RewriteNext(CompactionCursor& cursor);
  Status MoveBlock(CompactionCursor& cursor, const Block& block);
  Status MoveRuns(CompactionCursor& cursor, std::int64_t segment);
  Result<std::string> Bytes(std::int64_t segment, std::uint64_t offset, std::uint64_t bytes);
  Result<StoredBlockInfo> Write(StoredBlockInfo info, std::string_view bytes);

  const Shared shared_;
  const TenantHandle& tenant_;
  std::unique_ptr<SegmentIndex> index_;
  std::optional<SegmentWriter> writer_;
  IndexChange change_;
};

}  // namespace notify::agent::eventlog
