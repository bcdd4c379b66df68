#pragma once

#include <map>
#include <memory>
#include <string>

#include "agent/eventlog/commit_log.hpp"
#include "agent/store/database.hpp"

namespace notify::agent::eventlog {

/// CommitLog as a SQLite file a tenant, `log/events.db` in the tenant's folder.
///
/// Lifetime: as its storage thread, or the reader.
/// Threads:  one.
class SqliteCommitLog final : public CommitLog {
 public:
  /// `vfs` is the file system's SQLite VFS; empty: SQLite's own.
  explicit SqliteCommitLog(std::string vfs) : vfs_(std::move(vfs)) {}

  Result<LogExtent> Open(const TenantHandle& tenant) override;
  void Close(const TenantId& tenant) override;
  std::vector<CommitOutcome> Commit(std::span<const BlockToCommit> blocks,
                                    std::vector<Error>& why) override;
  Status Keys(const TenantHandle& tenant, std::int64_t since_ms, Sequence above,
              const std::function<void(Sequence, std::string_view)>& each) override;
  Result<std::vector<std::string>> Read(const TenantHandle& tenant, Sequence after,
                                        std::size_t max_bytes) override;
  Result<std::optional<Sequence>> FindId(const TenantHandle& tenant, std::uint64_t id_key,
                                         Sequence below) override;
  Result<Sequence> Before(const TenantHandle& tenant, std::int64_t recorded_ms) override;

 private:
  CommitOutcome CommitTenant(std::span<const BlockToCommit> blocks, Error& why);

  const std::string vfs_;
  std::map<TenantId, std::unique_ptr<store::Database>> open_;
};

}  // namespace notify::agent::eventlog
