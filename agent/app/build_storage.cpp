#include <utility>

#include "agent/app/storage.hpp"
#include "agent/app/version.hpp"

namespace notify::agent::app {
namespace {

eventlog::LogOptions LogOptionsOf(const AgentConfig& config) {
  eventlog::LogOptions options;
  options.dedupe_window = config.eventlog.dedupe_window;
  options.dedupe_max_events = config.eventlog.dedupe_max_events;
  options.journal_bytes = config.eventlog.journal_bytes;
  options.max_open = config.store.max_open;
  options.idle_close = config.store.idle_close;
  options.retention = {config.retention.max_age, config.retention.keep_bytes,
                       config.retention.max_bytes, config.retention.max_events};
  options.storage = StorageOptionsOf(config);
  return options;
}

}  // namespace

eventlog::StorageOptions StorageOptionsOf(const AgentConfig& config) {
  return {config.storage.tenant_percent, config.storage.low_watermark,
          config.storage.high_watermark, config.storage.reserve};
}

Result<std::unique_ptr<Storage>> BuildStorage(async::Runtime& runtime, const AgentConfig& config) {
  auto storage = std::make_unique<Storage>();
  const std::string vfs = runtime.files().SqliteVfs();
  storage->metrics =
      std::make_unique<telemetry::Metrics>(telemetry::MetricsOptions{.version = kVersion});

  auto platform = store::Database::Open(config.data_dir + "/platform.db", {.vfs = vfs});
  if (!platform) return platform.error();
  storage->platform = std::move(*platform);

  auto keyring = store::Keyring::Open(*storage->platform, config.security.master_key,
                                      runtime.files(), runtime.random());
  if (!keyring) return keyring.error();
  storage->keyring = std::make_unique<store::Keyring>(std::move(*keyring));

  storage->databases = std::make_unique<store::TenantDatabases>(
      runtime.clock(), vfs,
      store::TenantDatabases::Options{config.store.max_open, config.store.idle_close});
  auto audit = audit::AuditChains::Make(runtime, *storage->platform, *storage->databases, {});
  if (!audit) return audit.error();
  storage->audit = std::move(*audit);
  auto sessions = hub::SessionStore::Open(runtime, *storage->platform);
  if (!sessions) return sessions.error();
  storage->sessions = std::move(*sessions);
  storage->log = std::make_unique<eventlog::EventLog>(runtime, LogOptionsOf(config),
                                                      config.data_dir + "/journal");
  storage->snapshots = std::make_unique<stream::Snapshots>(runtime, *storage->databases);
  storage->log->OnCommit([metrics = storage->metrics.get()](const eventlog::CommitReport& report) {
    metrics->commit_batch_events.For().Observe(report.events);
    metrics->commit_seconds.For().Observe(report.took);
  });
  return storage;
}

}  // namespace notify::agent::app
