#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>

#include "agent/eventlog/ports/commit_log.hpp"

namespace notify::agent::eventlog {

/// How many heads of streams that lie on disk all tenants of a storage thread may have in memory.
struct StreamMemory {
  std::size_t limit = 256 << 10;
  std::size_t used = 0;
};

/// The heads of a tenant's streams: those of the journal's two generations in memory, because they
/// are in no index yet; the others on disk, with what was looked up lately in a bounded cache.
/// Nothing is read before a stream is asked for.
///
/// Lifetime: as its tenant's open log.
/// Threads:  the tenant's storage thread.
class StreamVersions {
 public:
  /// Both outlive it.
  StreamVersions(CommitLog& log, StreamMemory& memory) : log_(log), memory_(memory) {}
  ~StreamVersions() { Forget(); }
  StreamVersions(const StreamVersions&) = delete;
  StreamVersions& operator=(const StreamVersions&) = delete;

  /// Where a stream stands after all that was noted; version 0 where it has no event.
  Result<StreamHead> Head(const TenantHandle& tenant, const StreamKey& stream);

  /// A block of a generation, which is the present one or the next, moved the stream on.
  void Note(std::uint64_t generation, const StreamKey& stream, const StreamHead& head);

  /// The index has the streams of a generation now.
  void Moved(std::uint64_t generation);

 private:
  struct Hash {
    std::size_t operator()(const StreamKey& stream) const { return stream.high; }
  };
  using Heads = std::unordered_map<StreamKey, StreamHead, Hash>;
  struct Generation {
    std::uint64_t number = 0;
    Heads heads;
  };
  void Remember(const StreamKey& stream, const StreamHead& head);
  void Forget();

  CommitLog& log_;
  StreamMemory& memory_;
  Generation young_;
  Generation old_;
  Heads stored_;  // As the index had them when they were looked up; `old_` and `young_` are newer.
};

}  // namespace notify::agent::eventlog
