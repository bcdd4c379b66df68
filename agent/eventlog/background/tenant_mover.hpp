#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/eventlog/background/key_run_keeper.hpp"
#include "agent/eventlog/background/pace.hpp"
#include "agent/eventlog/blocks/block_sealer.hpp"
#include "agent/eventlog/journal/journal_reader.hpp"
#include "agent/eventlog/segments/segment_writer.hpp"

namespace notify::agent::eventlog {

/// Moves what a generation of the journal holds of one tenant to the tenant's segments: large
/// blocks as they are, small ones merged, the duplicate keys as a sorted run. All of it is synced
/// before the index says so, and what the index has already is left out, so that doing it again
/// after a crash changes nothing.
///
/// Lifetime: for one tenant and one attempt.
/// Threads:  the background executor.
class TenantMover {
 public:
  struct Shared {
    async::FileSystem& files;
    JournalReader& journal;
    BlockSealer& sealer;
    Pace& pace;
    KeyHorizon horizon;
    const std::function<Status()>& room;  ///< Whether segments may grow.
  };

  /// `tenant` and `shared` outlive it; `fresh` begins a new segment, after an attempt that failed.
  TenantMover(Shared shared, const TenantHandle& tenant, bool fresh)
      : shared_(shared), tenant_(tenant), fresh_(fresh) {}

  /// What lies in the segments then. kStorageFull, kInternal: try again with another mover.
  async::Task<Result<StoredExtent>> Move(const std::string& base,
                                         const std::vector<JournaledBlock>& blocks);

 private:
  Status Begin();
  /// A block out of the journal: kept as it is, or opened to be merged.
  Status Take(const JournaledBlock& place, const JournalBytes& read);
  /// The small block at the end of the segments, if it is no larger than all that comes.
  Status TakeStoredTail();
  Status FlushMerged();
  Status Store(const BlockHeader& header, std::string_view bytes, std::string_view summary);
  Status StoreKeys();
  async::Task<Status> SyncIfDirty(std::uint64_t most);

  const Shared shared_;
  const TenantHandle& tenant_;
  const bool fresh_;

  std::unique_ptr<SegmentIndex> index_;
  std::optional<SegmentWriter> writer_;
  IndexChange change_;
  Sequence stored_last_;
  std::uint64_t coming_bytes_ = 0;
  std::vector<BatchPtr> small_;
  std::size_t small_bytes_ = 0;
  std::vector<KeyEntry> keys_;
  std::int64_t newest_ms_ = 0;
  Clock::TimePoint piece_begun_{};
};

}  // namespace notify::agent::eventlog
