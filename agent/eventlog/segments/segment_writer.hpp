#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "agent/async/file.hpp"
#include "agent/eventlog/segments/segment_index.hpp"

namespace notify::agent::eventlog {

/// Appends to a tenant's newest segment, and begins the next one where that is full. What was
/// written after the last proven end, by a writer that failed or was killed, is written over.
///
/// After an error the writer is of no use: the next one begins a new segment, because a sync that
/// failed proves nothing of the file any more.
///
/// Lifetime: as long as its tenant's files are open.
/// Threads:  one.
class SegmentWriter {
 public:
  /// What an entry of a segment holds.
  enum class Kind { kBlock, kKeys };

  static constexpr std::uint64_t kSegmentBytes = 64 << 20;
  static constexpr std::uint64_t kHeadBytes = 16;   ///< Of the file.
  static constexpr std::uint64_t kEntryBytes = 16;  ///< Before each entry's own bytes.

  /// Goes on at `end`, or in a new segment with `fresh`.
  SegmentWriter(async::FileSystem& files, const TenantHandle& tenant, SegmentEnd end, bool fresh);

  /// Writes an entry; the result says where its bytes lie. Durable after Sync.
  Result<SegmentEnd> Append(Kind kind, std::string_view bytes);

  /// Bytes written and not synced.
  std::uint64_t dirty() const { return dirty_; }
  Status Sync();

  /// Where the segment ends; proven once synced.
  SegmentEnd end() const { return end_; }

 private:
  Status OpenFile();

  async::FileSystem& files_;
  const TenantHandle tenant_;
  SegmentEnd end_;
  bool is_new_ = false;
  std::unique_ptr<async::File> file_;
  std::uint64_t dirty_ = 0;
  std::string entry_;
};

}  // namespace notify::agent::eventlog
