#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "agent/async/published.hpp"
#include "agent/async/signal.hpp"
#include "agent/flow/feedback.hpp"
#include "agent/flow/tenant_holder.hpp"
#include "agent/schema/schema_store.hpp"
#include "agent/schema/tenant_schemas.hpp"
#include "agent/store/tenant_database.hpp"

namespace notify::agent::schema {

/// The schemas of all tenants: kept in each tenant's state.db, compiled once, and in force on every
/// I/O thread when the call that changed them returns. platform.db knows which tenants have any, so
/// that the others are never opened for it; a tenant's are compiled with its first event.
///
/// Lifetime: as the agent; what it is made of outlives it.
/// Threads:  any executor where not said otherwise; answers come on the caller's.
class Schemas final : public TenantHolder {
 public:
  struct Parts {
    async::Runtime& runtime;
    store::Database& platform;
    store::TenantDatabases& databases;
    Feedback& feedback;  ///< Tells `tenant.schema.changed` and `tenant.schema.deleted`.
  };
  static Result<std::unique_ptr<Schemas>> Make(Parts parts);

  static constexpr std::size_t kMostTypes = 200;
  static constexpr std::size_t kMostBytes = 2 << 20;  ///< Of all texts in force.

  /// Whether the tenant has a schema at all; without a lock, without a wait. On I/O thread `io`.
  bool HasAny(std::size_t io, const TenantHandle& tenant) const;
  /// What its events are checked by; null where it has none. On I/O thread `io`.
  ///
  /// kUnavailable, kInternal  they cannot be read: its events are refused rather than let through.
  async::Task<Result<std::shared_ptr<const TenantSchemas>>> Of(std::size_t io, TenantHandle tenant);

  /// A list's items by type, each as SchemaItemJson.
  async::Task<Result<std::vector<StoredSchema>>> List(TenantHandle tenant, std::string after,
                                                      std::size_t limit);
  /// kNotFound.
  async::Task<Result<StoredSchema>> Get(TenantHandle tenant, std::string type,
                                        std::optional<std::int64_t> version);

  /// Adds a version, by the type's rule; the same text as the newest adds none. `dry_run` changes
  /// nothing.
  ///
  /// kInvalidArgument, kTypeReserved  the type, the rule, or the schema, with places in its text.
  /// kConflict  the rule is broken, with places and reasons; or the tenant has as many as it may.
  async::Task<Result<SchemaStore::Put>> Put(TenantHandle tenant, SchemaDraft draft,
                                            bool dry_run = false);
  /// kNotFound.
  async::Task<Status> Delete(TenantHandle tenant, std::string type);

  async::Task<void> LetGo(TenantHandle tenant) override;

 private:
  /// What is known of a tenant that has schemas, or had some.
  struct Slot {
    Epoch epoch;
    std::shared_ptr<const TenantSchemas> schemas;  // Null: not read yet.
  };
  using Table = std::unordered_map<TenantId, Slot>;

  Schemas(Parts parts, Table marked);

  /// A slot without schemas for each tenant that has some.
  static Result<Table> ReadMarks(store::Database& platform);
  Status Mark(const TenantHandle& tenant);
  /// The tenant's set on the platform executor, read where it is not yet.
  Result<std::shared_ptr<const TenantSchemas>> Loaded(const TenantHandle& tenant);
  Result<store::Database*> OpenState(const TenantHandle& tenant);
  async::Task<Result<std::shared_ptr<const TenantSchemas>>> LoadHere(TenantHandle tenant);
  async::Task<Result<SchemaStore::Put>> PutHere(TenantHandle tenant, SchemaDraft draft,
                                                bool dry_run);
  Result<SchemaStore::Put> Write(const TenantHandle& tenant, SchemaDraft draft, bool dry_run);
  async::Task<Status> DeleteHere(TenantHandle tenant, std::string type);
  async::Task<void> Tell(TenantHandle tenant, OwnEvent event);
  /// When it returns, every thread has what `current_` holds now, or something later.
  async::Task<void> Publish();

  const Parts parts_;
  Table current_;  // Platform executor.
  async::Published<Table> tables_;
  bool publishing_ = false;
  async::Signal published_;
};

}  // namespace notify::agent::schema
