#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/flow/directory.hpp"
#include "agent/flow/unfinished_work.hpp"
#include "agent/store/database.hpp"

namespace notify::agent::tenant {

/// A tenant as platform.db holds it: its keys are wrapped, and gone once it is being deleted.
struct TenantRow {
  TenantId id;
  TenantState state = TenantState::kCreating;
  std::string name;
  std::string tier;
  std::string hosts_json;
  std::string config_json;
  std::string limits_json;
  std::int64_t created_ms = 0;
  Epoch epoch;
  std::string wrapped_data_key;
  std::uint32_t key_id = 1;
  std::string wrapped_token_key;
  std::int64_t revision = 1;
};

/// An API key as platform.db holds it.
struct KeyRow {
  std::string id;
  std::optional<TenantId> tenant;  ///< Nothing: a key of the platform.
  std::string name;
  RoleSet roles;
  std::string digest;
  std::int64_t created_ms = 0;
  std::optional<std::int64_t> revoked_ms;
};

/// The tables of platform.db that tell which tenants and keys there are. Each call is durable when
/// it returns. Deleted keys are overwritten in the file.
///
/// Lifetime: `database` outlives it.
/// Threads:  the platform executor.
class PlatformStore final : public UnfinishedWork {
 public:
  /// Makes the tables where they are not there. kUnavailable: a newer agent wrote the file.
  static Result<std::unique_ptr<PlatformStore>> Open(store::Database& database);

  /// An epoch that was never given before: `now_ms`, raised above every earlier one.
  Result<Epoch> NextEpoch(std::int64_t now_ms);

  /// kConflict: there is a row of this tenant.
  Status Insert(const TenantRow& row);
  /// Writes name, tier, hosts, config, limits, state and revision.
  Status Update(const TenantRow& row);
  /// Turns the tenant into one that is being deleted: its keys, API keys and revocations are gone.
  Status DestroyKeys(const TenantId& id);
  Status Remove(const TenantId& id);
  /// All rows, by id.
  Result<std::vector<TenantRow>> Tenants();
  Result<std::optional<TenantRow>> Tenant(const TenantId& id);

  Status InsertKey(const KeyRow& row);
  /// Rows of the tenant (nothing: of the platform) with an id above `after`, at most `limit`.
  Result<std::vector<KeyRow>> Keys(const std::optional<TenantId>& tenant, const std::string& after,
                                   std::size_t limit);
  /// Those of all owners that are not revoked.
  Result<std::vector<ApiKeyRecord>> ValidKeys();
  /// kNotFound where the owner has no such key. A key that is revoked keeps its time.
  Status RevokeKey(const std::optional<TenantId>& tenant, const std::string& id,
                   std::int64_t now_ms);

  Status RevokeUser(const TenantId& tenant, const std::string& user, std::int64_t until_ms);
  Result<std::map<TenantId, std::map<std::string, std::int64_t, std::less<>>>> RevokedUsers();

  /// Notes that the tenant may have something left to do.
  Status NoteUnfinished(const TenantId& tenant);
  void Add(const TenantHandle& tenant) override;
  void Remove(const TenantHandle& tenant) override;
  /// The tenants that have something left to do.
  Result<std::vector<TenantId>> Unfinished();

 private:
  explicit PlatformStore(store::Database& database) : database_(database) {}

  store::Database& database_;
};

}  // namespace notify::agent::tenant
