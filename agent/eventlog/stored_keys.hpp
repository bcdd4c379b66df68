#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "agent/eventlog/ports/commit_log.hpp"

namespace notify::agent::eventlog {

/// What the filters of all tenants of a storage thread may take of memory, in bytes.
struct FilterMemory {
  std::size_t limit = 32 << 20;
  std::size_t used = 0;
};

/// The duplicate keys of a tenant that lie in sorted runs on disk. Nothing is read before the first
/// key is looked for; then the filters come into memory as far as there is room, and an event costs
/// a probe of each. Without its filter a run is read once or twice.
///
/// Lifetime: as its tenant's open log.
/// Threads:  the tenant's storage thread.
class StoredKeys {
 public:
  /// Both outlive it.
  StoredKeys(CommitLog& log, FilterMemory& memory) : log_(log), memory_(memory) {}
  ~StoredKeys() { Forget(); }
  StoredKeys(const StoredKeys&) = delete;
  StoredKeys& operator=(const StoredKeys&) = delete;

  /// The newest event in a run with this key; a candidate, as in Duplicates. Runs whose newest key
  /// is older than `since_ms` count no more: where retention has taken the event, nothing else
  /// would tell that it lies beyond the horizon.
  Result<std::optional<Sequence>> Find(const TenantHandle& tenant, std::uint64_t key,
                                       std::int64_t since_ms);

  /// There may be other runs now: they are asked for again when they are needed.
  void Forget();

 private:
  Status Load(const TenantHandle& tenant);
  Result<std::optional<Sequence>> FindInRuns(const TenantHandle& tenant, std::uint64_t key,
                                             std::int64_t since_ms);

  CommitLog& log_;
  FilterMemory& memory_;
  bool loaded_ = false;
  std::vector<std::unique_ptr<KeyRun>> runs_;  // The oldest first.
};

}  // namespace notify::agent::eventlog
