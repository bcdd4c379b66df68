#include "agent/tenant/platform_store.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "common/log.hpp"

namespace notify::agent::tenant {
namespace {

using store::Blob;
using store::Row;

constexpr std::array<std::string_view, 1> kSteps = {
    "CREATE TABLE tenant_tenants(id TEXT PRIMARY KEY, state INTEGER NOT NULL, name TEXT NOT NULL,"
    " tier TEXT NOT NULL, hosts TEXT NOT NULL, config TEXT NOT NULL, limits TEXT NOT NULL,"
    " created_ms INTEGER NOT NULL, epoch INTEGER NOT NULL, data_key BLOB NOT NULL,"
    " key_id INTEGER NOT NULL, token_key BLOB NOT NULL, revision INTEGER NOT NULL);"
    "CREATE TABLE tenant_keys(id TEXT PRIMARY KEY, tenant TEXT NOT NULL, name TEXT NOT NULL,"
    " roles INTEGER NOT NULL, digest BLOB NOT NULL UNIQUE, created_ms INTEGER NOT NULL,"
    " revoked_ms INTEGER);"
    "CREATE INDEX tenant_keys_by_owner ON tenant_keys(tenant, id);"
    "CREATE TABLE tenant_revoked_users(tenant TEXT NOT NULL, user TEXT NOT NULL,"
    " until_ms INTEGER NOT NULL, PRIMARY KEY(tenant, user));"
    "CREATE TABLE tenant_unfinished(tenant TEXT PRIMARY KEY);"
    "CREATE TABLE tenant_epochs(one INTEGER PRIMARY KEY CHECK(one=1), last INTEGER NOT NULL);"
    "INSERT INTO tenant_epochs VALUES(1, 0)"};
constexpr store::StageSchema kSchema{"tenant", kSteps};

constexpr std::string_view kTenantColumns =
    "SELECT id, state, name, tier, hosts, config, limits, created_ms, epoch, data_key, key_id,"
    " token_key, revision FROM tenant_tenants";
constexpr std::string_view kKeyColumns =
    "SELECT id, tenant, name, roles, digest, created_ms, revoked_ms FROM tenant_keys";

// Roles are stored as bits in the order of the enumeration, which only grows.
constexpr std::array kRoles = {Role::kSubscriber, Role::kViewer, Role::kPublisher,
                               Role::kTenantAdmin, Role::kPlatformAdmin};

std::int64_t BitsOf(RoleSet roles) {
  std::int64_t bits = 0;
  for (const Role role : kRoles) {
    if (roles.Has(role)) bits |= std::int64_t{1} << static_cast<unsigned>(role);
  }
  return bits;
}

RoleSet RolesOf(std::int64_t bits) {
  RoleSet roles;
  for (const Role role : kRoles) {
    if ((bits & (std::int64_t{1} << static_cast<unsigned>(role))) != 0) roles.Add(role);
  }
  return roles;
}

// The platform's own keys are stored under no name: none is a tenant's.
std::string_view OwnerText(const std::optional<TenantId>& tenant) {
  return tenant ? std::string_view(tenant->text()) : std::string_view();
}

std::optional<TenantId> OwnerOf(const std::string& text) {
  if (text.empty()) return std::nullopt;
  auto id = TenantId::Parse(text);
  return id ? std::optional(std::move(*id)) : std::nullopt;
}

std::optional<TenantRow> TenantOf(const Row& row) {
  auto id = TenantId::Parse(row.Text(0));
  if (!id) return std::nullopt;
  TenantRow tenant;
  tenant.id = std::move(*id);
  tenant.state = static_cast<TenantState>(row.Integer(1));
  tenant.name = row.Text(2);
  tenant.tier = row.Text(3);
  tenant.hosts_json = row.Text(4);
  tenant.config_json = row.Text(5);
  tenant.limits_json = row.Text(6);
  tenant.created_ms = row.Integer(7);
  tenant.epoch.value = static_cast<std::uint64_t>(row.Integer(8));
  tenant.wrapped_data_key = row.Text(9);
  tenant.key_id = static_cast<std::uint32_t>(row.Integer(10));
  tenant.wrapped_token_key = row.Text(11);
  tenant.revision = row.Integer(12);
  return tenant;
}

KeyRow KeyOf(const Row& row) {
  KeyRow key;
  key.id = row.Text(0);
  key.tenant = OwnerOf(row.Text(1));
  key.name = row.Text(2);
  key.roles = RolesOf(row.Integer(3));
  key.digest = row.Text(4);
  key.created_ms = row.Integer(5);
  if (!row.IsNull(6)) key.revoked_ms = row.Integer(6);
  return key;
}

Status Only(Result<std::int64_t> changed) {
  if (!changed) return changed.error();
  return {};
}

}  // namespace

Result<std::unique_ptr<PlatformStore>> PlatformStore::Open(store::Database& database) {
  if (auto migrated = database.Migrate(kSchema); !migrated) return migrated.error();
  // What is deleted here are keys: their bytes must not stay in free pages.
  auto secure = database.Query("PRAGMA secure_delete=ON", {}, [](const Row&) { return true; });
  if (!secure) return secure.error();
  return std::unique_ptr<PlatformStore>(new PlatformStore(database));
}

Result<Epoch> PlatformStore::NextEpoch(std::int64_t now_ms) {
  auto raised = database_.Run("UPDATE tenant_epochs SET last=max(last+1, ?)", {now_ms});
  if (!raised) return raised.error();
  const auto last = database_.Number("SELECT last FROM tenant_epochs");
  if (!last) return last.error();
  return Epoch{static_cast<std::uint64_t>(last->value_or(0))};
}

Status PlatformStore::Insert(const TenantRow& row) {
  return Only(database_.Run(
      "INSERT INTO tenant_tenants VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)",
      {std::string_view(row.id.text()), static_cast<std::int64_t>(row.state),
       std::string_view(row.name), std::string_view(row.tier), std::string_view(row.hosts_json),
       std::string_view(row.config_json), std::string_view(row.limits_json), row.created_ms,
       static_cast<std::int64_t>(row.epoch.value), Blob{row.wrapped_data_key},
       std::int64_t{row.key_id}, Blob{row.wrapped_token_key}, row.revision}));
}

Status PlatformStore::Update(const TenantRow& row) {
  return Only(database_.Run(
      "UPDATE tenant_tenants SET state=?, name=?, tier=?, hosts=?, config=?, limits=?, revision=?"
      " WHERE id=?",
      {static_cast<std::int64_t>(row.state), std::string_view(row.name), std::string_view(row.tier),
       std::string_view(row.hosts_json), std::string_view(row.config_json),
       std::string_view(row.limits_json), row.revision, std::string_view(row.id.text())}));
}

Status PlatformStore::DestroyKeys(const TenantId& id) {
  const std::string_view name = id.text();
  auto destroyed = database_.Transaction([&]() -> Status {
    auto done =
        database_.Run("UPDATE tenant_tenants SET state=?, data_key=x'', token_key=x'' WHERE id=?",
                      {static_cast<std::int64_t>(TenantState::kDeleting), name});
    if (done) done = database_.Run("DELETE FROM tenant_keys WHERE tenant=?", {name});
    if (done) done = database_.Run("DELETE FROM tenant_revoked_users WHERE tenant=?", {name});
    if (done) done = database_.Run("DELETE FROM tenant_unfinished WHERE tenant=?", {name});
    return Only(std::move(done));
  });
  if (!destroyed) return destroyed;
  // The write-ahead log still has the page as it was.
  return database_.Query("PRAGMA wal_checkpoint(TRUNCATE)", {}, [](const Row&) { return true; });
}

Status PlatformStore::Remove(const TenantId& id) {
  return Only(
      database_.Run("DELETE FROM tenant_tenants WHERE id=?", {std::string_view(id.text())}));
}

Result<std::vector<TenantRow>> PlatformStore::Tenants() {
  std::vector<TenantRow> rows;
  auto read =
      database_.Query(std::string(kTenantColumns) + " ORDER BY id", {}, [&rows](const Row& row) {
        if (auto tenant = TenantOf(row)) rows.push_back(std::move(*tenant));
        return true;
      });
  if (!read) return read.error();
  return rows;
}

Result<std::optional<TenantRow>> PlatformStore::Tenant(const TenantId& id) {
  std::optional<TenantRow> tenant;
  auto read = database_.Query(std::string(kTenantColumns) + " WHERE id=?",
                              {std::string_view(id.text())}, [&tenant](const Row& row) {
                                tenant = TenantOf(row);
                                return false;
                              });
  if (!read) return read.error();
  return tenant;
}

Status PlatformStore::InsertKey(const KeyRow& row) {
  return Only(
      database_.Run("INSERT INTO tenant_keys VALUES(?,?,?,?,?,?,NULL)",
                    {std::string_view(row.id), OwnerText(row.tenant), std::string_view(row.name),
                     BitsOf(row.roles), Blob{row.digest}, row.created_ms}));
}

Result<std::vector<KeyRow>> PlatformStore::Keys(const std::optional<TenantId>& tenant,
                                                const std::string& after, std::size_t limit) {
  std::vector<KeyRow> rows;
  auto read = database_.Query(
      std::string(kKeyColumns) + " WHERE tenant=? AND id>? ORDER BY id LIMIT ?",
      {OwnerText(tenant), std::string_view(after), static_cast<std::int64_t>(limit)},
      [&rows](const Row& row) {
        rows.push_back(KeyOf(row));
        return true;
      });
  if (!read) return read.error();
  return rows;
}

Result<std::vector<ApiKeyRecord>> PlatformStore::ValidKeys() {
  std::vector<ApiKeyRecord> keys;
  auto read = database_.Query(std::string(kKeyColumns) + " WHERE revoked_ms IS NULL", {},
                              [&keys](const Row& row) {
                                KeyRow key = KeyOf(row);
                                // A tenant's name that does not parse must not become the platform.
                                if (key.tenant || row.Text(1).empty()) {
                                  keys.push_back({.id = std::move(key.id),
                                                  .tenant = std::move(key.tenant),
                                                  .roles = key.roles,
                                                  .digest = std::move(key.digest)});
                                }
                                return true;
                              });
  if (!read) return read.error();
  return keys;
}

Status PlatformStore::RevokeKey(const std::optional<TenantId>& tenant, const std::string& id,
                                std::int64_t now_ms) {
  auto changed = database_.Run(
      "UPDATE tenant_keys SET revoked_ms=coalesce(revoked_ms, ?) WHERE id=? AND tenant=?",
      {now_ms, std::string_view(id), OwnerText(tenant)});
  if (!changed) return changed.error();
  if (*changed > 0) return {};
  return Fail(Errc::kNotFound, "There is no key '" + id + "'.", "notifyctl key list");
}

Status PlatformStore::RevokeUser(const TenantId& tenant, const std::string& user,
                                 std::int64_t until_ms) {
  return Only(
      database_.Run("INSERT INTO tenant_revoked_users VALUES(?,?,?) ON CONFLICT(tenant, user)"
                    " DO UPDATE SET until_ms=max(until_ms, excluded.until_ms)",
                    {std::string_view(tenant.text()), std::string_view(user), until_ms}));
}

Result<std::map<TenantId, std::map<std::string, std::int64_t, std::less<>>>>
PlatformStore::RevokedUsers() {
  std::map<TenantId, std::map<std::string, std::int64_t, std::less<>>> users;
  auto read = database_.Query("SELECT tenant, user, until_ms FROM tenant_revoked_users", {},
                              [&users](const Row& row) {
                                if (auto id = TenantId::Parse(row.Text(0))) {
                                  users[std::move(*id)][row.Text(1)] = row.Integer(2);
                                }
                                return true;
                              });
  if (!read) return read.error();
  return users;
}

Status PlatformStore::NoteUnfinished(const TenantId& tenant) {
  return Only(database_.Run("INSERT OR IGNORE INTO tenant_unfinished VALUES(?)",
                            {std::string_view(tenant.text())}));
}

void PlatformStore::Add(const TenantHandle& tenant) {
  const Status added = NoteUnfinished(tenant.id());
  if (!added) {
    log::Error("Cannot note unfinished work of tenant {TenantId}: {Reason}",
               {{"TenantId", tenant.id()}, {"Reason", added.error().detail}});
  }
}

void PlatformStore::Remove(const TenantHandle& tenant) {
  auto removed = database_.Run("DELETE FROM tenant_unfinished WHERE tenant=?",
                               {std::string_view(tenant.id().text())});
  if (!removed) {
    log::Warning("Cannot clear unfinished work of tenant {TenantId}: {Reason}",
                 {{"TenantId", tenant.id()}, {"Reason", removed.error().detail}});
  }
}

Result<std::vector<TenantId>> PlatformStore::Unfinished() {
  std::vector<TenantId> tenants;
  auto read = database_.Query("SELECT tenant FROM tenant_unfinished ORDER BY tenant", {},
                              [&tenants](const Row& row) {
                                if (auto id = TenantId::Parse(row.Text(0))) {
                                  tenants.push_back(std::move(*id));
                                }
                                return true;
                              });
  if (!read) return read.error();
  return tenants;
}

}  // namespace notify::agent::tenant
