#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/flow/tenant_handle.hpp"
#include "agent/store/database.hpp"
#include "agent/stream/snapshot.hpp"
#include "common/random.hpp"

namespace notify::agent::stream {

/// The latest snapshots of one tenant's streams in its state.db. They are sealed with the tenant's
/// key, and a stream is found by a keyed hash of its name.
///
/// Lifetime: short; refers to the database and to `random`.
/// Threads:  that of the database.
class SnapshotStore {
 public:
  /// Its tables in state.db.
  static const store::StageSchema kSchema;

  /// As much as a tenant may keep, in bytes of data.
  static constexpr std::int64_t kMostBytes = 256 << 20;

  SnapshotStore(store::Database& state, TenantHandle tenant, Random& random)
      : state_(state), tenant_(std::move(tenant)), random_(random) {}

  /// The stream's snapshot; nothing where it has none. Without `with_data` its data is not opened.
  Result<std::optional<Snapshot>> Find(std::string_view stream, bool with_data);

  /// Keeps it in place of the one before; durable when it returns.
  ///
  /// kConflict  the one before is newer, unless `force`; or the tenant has kMostBytes.
  Status Put(std::string_view stream, const Snapshot& snapshot, bool force);

  /// Whether there was one.
  Result<bool> Delete(std::string_view stream);

 private:
  std::string Hash(std::string_view stream) const;
  std::string Context(std::string_view hash) const;
  Status Replace(std::string_view stream, const Snapshot& snapshot, bool force);

  store::Database& state_;
  const TenantHandle tenant_;
  Random& random_;
};

}  // namespace notify::agent::stream
