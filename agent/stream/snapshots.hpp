#pragma once

#include <optional>
#include <string>

#include "agent/async/runtime.hpp"
#include "agent/store/tenant_database.hpp"
#include "agent/stream/snapshot_store.hpp"

namespace notify::agent::stream {

/// The latest snapshot of each stream, of all tenants. Whoever puts one knows the stream's current
/// version, which no snapshot may be beyond.
///
/// Lifetime: as the agent; both parts outlive it.
/// Threads:  any executor; answers come on the caller's.
class Snapshots {
 public:
  Snapshots(async::Runtime& runtime, store::TenantDatabases& databases)
      : runtime_(runtime), databases_(databases) {}

  /// Nothing where the stream has none.
  async::Task<Result<std::optional<Snapshot>>> Find(TenantHandle tenant, std::string stream,
                                                    bool with_data);

  /// Keeps `snapshot`, whose time and size are filled in; as it is then. Errors as from
  /// SnapshotStore::Put.
  async::Task<Result<Snapshot>> Put(TenantHandle tenant, std::string stream, Snapshot snapshot,
                                    bool force);

  /// kNotFound.
  async::Task<Status> Delete(TenantHandle tenant, std::string stream);

 private:
  async::Runtime& runtime_;
  store::TenantDatabases& databases_;
};

}  // namespace notify::agent::stream
