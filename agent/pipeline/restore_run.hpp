#pragma once

#include <set>
#include <string>
#include <vector>

#include "agent/async/runtime.hpp"
#include "agent/backup/unpacker.hpp"
#include "agent/eventlog/retention/disk_level.hpp"
#include "agent/tenant/directory_publisher.hpp"
#include "agent/tenant/registry.hpp"

namespace notify::agent::pipeline {

/// Where the bytes of a backup come from.
///
/// Threads:  the executor of the run.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// The next ones; none at their end. An error ends the restore.
  virtual async::Task<Result<std::string>> Read() = 0;
};

/// Brings tenants of a backup into a running agent, which serves the others meanwhile. A tenant
/// that the agent has is never touched. Nothing of the backup is used before all of it is proven.
///
/// Lifetime: as the restore; `parts` outlive it.
/// Threads:  Run on any executor, which it returns to; files are written on the background
/// executor.
class RestoreRun {
 public:
  struct Parts {
    async::Runtime& runtime;
    tenant::Registry& registry;
    const tenant::DirectoryPublisher& directory;
    std::string data_dir;
    std::string master_key_id;  ///< Of this agent: the backup must be of the same.
    eventlog::StorageOptions storage;
  };
  struct LeftOut {
    TenantId tenant;
    Error why;
  };
  struct Outcome {
    std::string created_at;  ///< Of the backup.
    std::vector<TenantId> restored;
    std::vector<LeftOut> left_out;
  };
  explicit RestoreRun(Parts parts) : parts_(std::move(parts)) {}

  /// Restores the tenants of `only`, or all that the agent does not have where it is empty.
  ///
  /// kTenantExists     the agent has one of `only`.
  /// kTenantNotFound   the backup has none of that name.
  /// kConflict         the backup's data needs another master key.
  /// kInvalidArgument  this is no backup, or not whole.
  /// kStorageFull      the disk came above its high watermark.
  async::Task<Result<Outcome>> Run(std::set<TenantId> only, ByteSource& source);

 private:
  async::Task<Result<Outcome>> RunIn(const std::set<TenantId>& only, ByteSource& source);
  async::Task<Status> Unpack(backup::Unpacker& unpacker, ByteSource& source);
  async::Task<void> AdoptAll(std::vector<tenant::RestoredTenant> tenants, Outcome& outcome);
  async::Task<std::set<TenantId>> TenantsHere();
  Status HasRoom() const;
  Status Accepts(const backup::Manifest& manifest, const std::set<TenantId>& only) const;
  std::string Folder() const { return parts_.data_dir + "/restore"; }

  const Parts parts_;
};

}  // namespace notify::agent::pipeline
