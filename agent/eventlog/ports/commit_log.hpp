#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/eventlog/segments/stored_log.hpp"
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
  std::string bytes;    ///< EncodeBlock.
  std::string keys;     ///< AppendKey of each event with a duplicate key, then AppendStream.
  std::string summary;  ///< BlockSummary::Encode.
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
  StoredExtent::Keys keys;  ///< In runs.
};

/// The port between the log and what keeps it: blocks of many tenants in one durable step.
///
/// A *generation* is what is committed together for a while before its duplicate keys go to sorted
/// runs of their own; the log keeps the keys of the generations that are not there yet.
///
/// Lifetime: one for each storage thread.
/// Threads:  its storage thread.
class CommitLog {
 public:
  virtual ~CommitLog() = default;

  /// Finds out what is there, proven: kUnavailable where a newer agent wrote it.
  virtual Result<LogExtent> Open(const TenantHandle& tenant) = 0;

  /// Sees to it that blocks of so many bytes can be committed next. Nothing is numbered yet, so an
  /// error refuses them all: kStorageFull, kUnavailable.
  virtual Status MakeRoom(std::size_t bytes) = 0;

  /// The generation that the next commit is of. Changes in MakeRoom only.
  virtual std::uint64_t generation() const = 0;

  /// Makes the blocks durable, all or none, for which MakeRoom made room, and says what became of
  /// them. Blocks of a tenant stand in order. `why` gets the error of those that are not durable.
  virtual std::vector<CommitOutcome> Commit(std::span<const BlockToCommit> blocks,
                                            std::vector<Error>& why) = 0;

  /// The duplicate keys and streams that are in no run and no table yet: `each` gets the
  /// generation, the number of the block's first event, and BlockToCommit::keys, in order.
  using OnKeys = std::function<void(std::uint64_t, Sequence, std::string_view)>;
  virtual Status RecentKeys(const TenantHandle& tenant, const OnKeys& each) = 0;

  /// Where a stream stood when the newest generation that is not in RecentKeys any more ended;
  /// version 0 where it had no event.
  virtual Result<StreamHead> Stream(const TenantHandle& tenant, const StreamKey& stream) = 0;

  /// The runs of the older keys.
  virtual Result<std::vector<std::unique_ptr<KeyRun>>> KeyRuns(const TenantHandle& tenant) = 0;

  /// The stored block with an event; kNotFound where it is there no more.
  virtual Result<std::string> BlockWith(const TenantHandle& tenant, Sequence sequence) = 0;

  /// The tenant's log goes for good: its blocks are not moved anywhere any more.
  virtual void Forget(const TenantId& tenant) = 0;

  /// Closes files that can be opened again.
  virtual void CloseFiles() = 0;
};

}  // namespace notify::agent::eventlog
