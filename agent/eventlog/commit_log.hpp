#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/flow/tenant_handle.hpp"
#include "common/ids.hpp"
#include "common/result.hpp"

namespace notify::agent::eventlog {

/// A block with its numbers, ready to be made durable.
struct BlockToCommit {
  TenantHandle tenant;
  Sequence first;
  Sequence last;
  std::int64_t recorded_ms = 0;
  std::string bytes;  ///< EncodeBlock.
  std::string keys;   ///< Duplicate keys: (u32 index of the number, u64 key) each.
  std::string ids;    ///< The u64 id key of each event, in order.
};

/// What became of the blocks of one tenant.
enum class CommitOutcome {
  kDurable,  ///< There, once.
  kRefused,  ///< Not there: the numbers are given again.
  kUnknown,  ///< The sync failed: the tenant's log must be opened again to know.
};

/// The last event of a log as it was found.
struct LogExtent {
  Sequence first{1};
  Sequence last;
  std::uint64_t bytes = 0;
  std::int64_t last_recorded_ms = 0;
};

/// The port between the log and what keeps it: blocks of many tenants in one durable step. The
/// implementation here keeps a SQLite file a tenant; the shared journal takes its place behind the
/// same port.
///
/// Lifetime: one for each storage thread.
/// Threads:  Commit, Open, Close, Keys on its storage thread; Read on the reader thread.
class CommitLog {
 public:
  virtual ~CommitLog() = default;

  /// Finds out what is there, proven: kUnavailable where a newer agent wrote it.
  virtual Result<LogExtent> Open(const TenantHandle& tenant) = 0;

  /// Closes the files of a tenant; Open finds them again.
  virtual void Close(const TenantId& tenant) = 0;

  /// Makes the blocks durable, each tenant's all or none, and says what became of each tenant's.
  /// Blocks of a tenant stand in order. `why` gets the error of those that are not durable.
  virtual std::vector<CommitOutcome> Commit(std::span<const BlockToCommit> blocks,
                                            std::vector<Error>& why) = 0;

  /// Calls `each` with (first, recorded_ms, keys) of every block recorded at `since_ms` or later
  /// whose events are above `above`.
  virtual Status Keys(const TenantHandle& tenant, std::int64_t since_ms, Sequence above,
                      const std::function<void(Sequence, std::string_view)>& each) = 0;

  /// Blocks with events above `after`, in order, until they have `max_bytes`, at least one.
  virtual Result<std::vector<std::string>> Read(const TenantHandle& tenant, Sequence after,
                                                std::size_t max_bytes) = 0;

  /// The newest event below `below` with this id key.
  virtual Result<std::optional<Sequence>> FindId(const TenantHandle& tenant, std::uint64_t id_key,
                                                 Sequence below) = 0;

  /// The last event recorded before `recorded_ms`.
  virtual Result<Sequence> Before(const TenantHandle& tenant, std::int64_t recorded_ms) = 0;
};

}  // namespace notify::agent::eventlog
