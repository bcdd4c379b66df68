#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "agent/flow/tenant_holder.hpp"
#include "agent/store/database.hpp"
#include "common/clock.hpp"

namespace notify::agent::store {

/// The `state.db` of the tenants that are in use: templates, deliveries, cursors, the audit chain.
/// Each stage has its own tables in it and gives their steps with each Open.
///
/// Lifetime: as the agent; closes all files in its destructor.
/// Threads:  the platform executor only.
class TenantDatabases final : public TenantHolder {
 public:
  struct Options {
    std::size_t max_open = 64;  ///< `store.max_open`; fewer than 2 counts as 2.
    Clock::Duration idle_close = std::chrono::seconds(60);  ///< `store.idle_close`.
  };

  /// `clock` outlives the object. `vfs` is FileSystem::SqliteVfs().
  TenantDatabases(const Clock& clock, std::string vfs, Options options);
  ~TenantDatabases() override;
  TenantDatabases(const TenantDatabases&) = delete;
  TenantDatabases& operator=(const TenantDatabases&) = delete;

  /// The tenant's database with the stage's tables in it, opened where it is not. Use it in this
  /// turn of the executor and ask again in the next: the one used longest ago is closed when there
  /// are too many. The last two that were opened are always open. `schema` refers to constants.
  ///
  /// kUnavailable  the file cannot be opened, or a newer agent wrote it; other tenants go on.
  /// kNotFound     the handle is older than the tenant's folder: it was deleted and made again; or
  ///               the file was moved here from another tenant.
  Result<Database*> Open(const TenantHandle& tenant, const StageSchema& schema);

  /// Closes what nobody opened for `idle_close`.
  void CloseIdle();

  /// Closes the tenant's file, before its folder is removed.
  void Close(const TenantHandle& tenant);
  async::Task<void> LetGo(TenantHandle tenant) override;

  /// Files that are open.
  std::size_t open() const { return entries_.size(); }

 private:
  struct Entry {
    TenantId tenant;
    Epoch epoch;
    std::unique_ptr<Database> database;
    std::vector<std::string_view> stages;  // Whose tables are there.
    Clock::TimePoint used;
  };

  Result<Entry> OpenFile(const TenantHandle& tenant) const;

  const Clock& clock_;
  const std::string vfs_;
  const Options options_;
  std::list<Entry> entries_;  // The last used first; at most `max_open`, so a walk is short.
};

}  // namespace notify::agent::store
