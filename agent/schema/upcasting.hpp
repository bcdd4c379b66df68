#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "agent/async/published.hpp"
#include "agent/async/signal.hpp"
#include "agent/flow/feedback.hpp"
#include "agent/flow/tenant_holder.hpp"
#include "agent/schema/upcasters.hpp"
#include "agent/store/tenant_database.hpp"

namespace notify::agent::schema {

// Shared by the threads that read with it.
using UpcastersPtr = std::shared_ptr<const Upcasters>;

/// The upcasters of all tenants: kept in each tenant's state.db, read once, and in force on every
/// thread when the call that changed them returns. platform.db knows which tenants have any, so
/// that reading costs the others nothing.
///
/// Lifetime: as the agent; what it is made of outlives it.
/// Threads:  any executor where not said otherwise; answers come on the caller's.
class Upcasting final : public TenantHolder {
 public:
  struct Parts {
    async::Runtime& runtime;
    store::Database& platform;
    store::TenantDatabases& databases;
    Feedback& feedback;  ///< Tells `tenant.upcaster.changed` and `tenant.upcaster.deleted`.
  };
  static Result<std::unique_ptr<Upcasting>> Make(Parts parts);

  /// What the tenant's events are lifted by; null where it has none. Without a wait unless they are
  /// not read yet.
  ///
  /// kUnavailable, kInternal  they cannot be read: its events are not shown rather than shown as
  ///                          they no longer are.
  async::Task<Result<UpcastersPtr>> Of(TenantHandle tenant);
  /// The same as far as `here`, the executor of the caller, knows: null where they are not read
  /// yet.
  UpcastersPtr Known(const async::Executor& here, const TenantHandle& tenant) const;

  /// Of one type, by version; each as UpcasterJson. kNotFound where the type has no schema.
  async::Task<Result<std::vector<std::string>>> List(TenantHandle tenant, std::string type);

  /// Adds what lifts version `from` of a type to the next one, or replaces it; as JSON.
  ///
  /// kInvalidJson, kInvalidArgument  it is no patch; or there is no such version, or none behind
  /// it. kNotFound  the type has no schema. kConflict  the chain of the type would have a hole.
  async::Task<Result<std::string>> Put(TenantHandle tenant, std::string type, std::int64_t from,
                                       std::string text);
  /// kNotFound; kConflict where the chain would have a hole.
  async::Task<Status> Delete(TenantHandle tenant, std::string type, std::int64_t from);
  /// The type has no schema any more.
  async::Task<Status> DeleteAll(TenantHandle tenant, std::string type);

  async::Task<void> LetGo(TenantHandle tenant) override;

 private:
  /// What is known of a tenant that has upcasters, or had some.
  struct Slot {
    Epoch epoch;
    UpcastersPtr upcasters;  // Null: not read yet.
  };
  using Table = std::unordered_map<TenantId, Slot>;

  Upcasting(Parts parts, Table marked);

  /// What `here` knows; null where it has no view of its own.
  const Table* TableOf(const async::Executor& here) const;
  /// Null where the tenant has none.
  static const Slot* Find(const Table& table, const TenantHandle& tenant);
  async::Task<Result<UpcastersPtr>> LoadHere(TenantHandle tenant);
  /// Numbers of the versions of a type's schema, and when each began. kNotFound without a schema.
  using VersionTimes = std::vector<std::pair<std::int64_t, std::int64_t>>;
  Result<VersionTimes> Versions(const TenantHandle& tenant, const std::string& type);
  /// As state.db has them; on the platform executor.
  Result<UpcastersPtr> Read(const TenantHandle& tenant);
  async::Task<Result<std::string>> PutHere(TenantHandle tenant, StoredUpcaster upcaster);
  async::Task<Status> DeleteHere(TenantHandle tenant, std::string type, std::int64_t from);
  async::Task<Status> DeleteAllHere(TenantHandle tenant, std::string type);
  Status Mark(const TenantHandle& tenant);
  /// Reads them again and puts them in force.
  async::Task<Status> Refresh(TenantHandle tenant);
  async::Task<void> Tell(TenantHandle tenant, std::string event, std::string type,
                         std::int64_t from);
  async::Task<void> Publish();

  const Parts parts_;
  Table current_;  // Platform executor.
  async::Published<Table> tables_;
  bool publishing_ = false;
  async::Signal published_;
};

}  // namespace notify::agent::schema
