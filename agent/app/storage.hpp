#pragma once

#include <memory>
#include <string>

#include "agent/audit/audit_chains.hpp"
#include "agent/eventlog/event_log.hpp"
#include "agent/hub/session_store.hpp"
#include "agent/store/database.hpp"
#include "agent/store/keyring.hpp"
#include "agent/store/tenant_database.hpp"
#include "agent/stream/snapshots.hpp"
#include "agent/telemetry/metrics.hpp"
#include "common/config/agent_config.hpp"

namespace notify::agent::app {

/// What lies on disk, opened: the platform's file, keys, the tenants' files, the log, the audit.
///
/// Lifetime: as the agent.
struct Storage {
  std::unique_ptr<telemetry::Metrics> metrics;
  std::unique_ptr<store::Database> platform;
  std::unique_ptr<store::Keyring> keyring;
  std::unique_ptr<store::TenantDatabases> databases;
  std::unique_ptr<audit::AuditChains> audit;
  std::unique_ptr<eventlog::EventLog> log;
  std::unique_ptr<stream::Snapshots> snapshots;
  std::unique_ptr<hub::SessionStore> sessions;
};

/// What the configuration says of a filling disk.
eventlog::StorageOptions StorageOptionsOf(const AgentConfig& config);

/// kInvalidConfig: the master key is not the one that the data needs.
Result<std::unique_ptr<Storage>> BuildStorage(async::Runtime& runtime, const AgentConfig& config);

}  // namespace notify::agent::app
