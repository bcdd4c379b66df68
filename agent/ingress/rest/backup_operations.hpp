#pragma once

#include <functional>
#include <string>
#include <vector>

#include "agent/flow/audit_sink.hpp"
#include "agent/ingress/rest/call.hpp"
#include "agent/pipeline/backup_run.hpp"
#include "agent/pipeline/restore_run.hpp"

namespace notify::agent::ingress::rest {

/// What backups are made of.
struct BackupParts {
  async::Runtime& runtime;
  eventlog::EventLog& log;
  AuditSink& audit;
  tenant::Registry& registry;
  const tenant::DirectoryPublisher& directory;
  std::string data_dir;
  std::string version;        ///< Of the agent.
  std::string master_key_id;  ///< The key that the data needs.
  eventlog::StorageOptions storage;
  /// Every tenant that has data. On the platform executor.
  std::function<std::vector<TenantHandle>()> tenants;
};

/// `POST /api/admin/backup`: the backup is the body of the answer. `POST /api/admin/restore`: it is
/// the body of the request. One of them at a time.
void AddBackupOperations(Operations& operations, BackupParts parts);

}  // namespace notify::agent::ingress::rest
