// How the schemas of a tenant come into memory, and leave it.
#include <array>
#include <utility>

#include "agent/async/run_on.hpp"
#include "agent/schema/schemas.hpp"

namespace notify::agent::schema {
namespace {

constexpr std::array<std::string_view, 1> kMarkSteps = {
    "CREATE TABLE schema_tenants(tenant TEXT PRIMARY KEY, epoch INTEGER NOT NULL) WITHOUT ROWID"};
constexpr store::StageSchema kMarks{"schema", kMarkSteps};

Status Only(Result<std::int64_t> changed) { return changed ? Status() : Status(changed.error()); }

/// Compiled, without those that are not in force any more.
Result<std::shared_ptr<const TenantSchemas>> CompileAll(const std::vector<StoredSchema>& stored) {
  auto schemas = std::make_shared<TenantSchemas>();
  // The oldest first, because each goes in front of those before.
  for (auto one = stored.rbegin(); one != stored.rend(); ++one) {
    auto compiled = ::notify::schema::JsonSchema::Compile(one->text);
    if (!compiled) {
      return Fail(Errc::kInternal, "The stored schema of type '" + one->type + "', version " +
                                       std::to_string(one->version) +
                                       ", cannot be used: " + compiled.error().detail);
    }
    schemas->Add(one->type, {one->version, std::move(*compiled)}, SchemaStore::kVersionsInForce);
  }
  return std::shared_ptr<const TenantSchemas>(std::move(schemas));
}

}  // namespace

Schemas::Schemas(Parts parts, Table marked)
    : parts_(parts),
      current_(std::move(marked)),
      tables_(parts.runtime, std::make_shared<const Table>(current_)) {}

Result<std::unique_ptr<Schemas>> Schemas::Make(Parts parts) {
  auto marked = ReadMarks(parts.platform);
  if (!marked) return marked.error();
  return std::unique_ptr<Schemas>(new Schemas(parts, std::move(*marked)));
}

Result<Schemas::Table> Schemas::ReadMarks(store::Database& platform) {
  if (auto migrated = platform.Migrate(kMarks); !migrated) return migrated.error();
  Table marked;
  auto read = platform.Query("SELECT tenant, epoch FROM schema_tenants", {},
                             [&marked](const store::Row& row) {
                               if (auto id = TenantId::Parse(row.Text(0))) {
                                 const auto epoch = static_cast<std::uint64_t>(row.Integer(1));
                                 marked[*id] = {Epoch{epoch}, nullptr};
                               }
                               return true;
                             });
  if (!read) return read.error();
  return marked;
}

Status Schemas::Mark(const TenantHandle& tenant) {
  return Only(parts_.platform.Run("INSERT OR REPLACE INTO schema_tenants VALUES(?1,?2)",
                                  {std::string_view(tenant.id().text()),
                                   static_cast<std::int64_t>(tenant.record().epoch.value)}));
}

Result<store::Database*> Schemas::OpenState(const TenantHandle& tenant) {
  return parts_.databases.Open(tenant, SchemaStore::kSchema);
}

bool Schemas::HasAny(std::size_t io, const TenantHandle& tenant) const {
  const Table& table = *tables_.OfIo(io);
  if (table.empty()) return false;
  const auto found = table.find(tenant.id());
  return found != table.end() && found->second.epoch == tenant.record().epoch &&
         (found->second.schemas == nullptr || !found->second.schemas->empty());
}

async::Task<Result<std::shared_ptr<const TenantSchemas>>> Schemas::Of(std::size_t io,
                                                                      TenantHandle tenant) {
  if (!HasAny(io, tenant)) co_return std::shared_ptr<const TenantSchemas>();
  auto known = tables_.OfIo(io)->at(tenant.id()).schemas;
  if (known != nullptr) co_return known;
  async::RunOn there(parts_.runtime.platform(), LoadHere(std::move(tenant)));
  co_return co_await there;
}

Result<std::shared_ptr<const TenantSchemas>> Schemas::Loaded(const TenantHandle& tenant) {
  const auto found = current_.find(tenant.id());
  const bool known = found != current_.end() && found->second.epoch == tenant.record().epoch;
  if (!known) return std::make_shared<const TenantSchemas>();
  if (found->second.schemas != nullptr) return found->second.schemas;
  auto state = OpenState(tenant);
  if (!state) return state.error();
  auto stored = SchemaStore(**state).InForce();
  if (!stored) return stored.error();
  auto compiled = CompileAll(*stored);
  if (compiled) found->second.schemas = *compiled;
  return compiled;
}

async::Task<Result<std::shared_ptr<const TenantSchemas>>> Schemas::LoadHere(TenantHandle tenant) {
  auto loaded = Loaded(tenant);
  if (loaded) co_await Publish();
  co_return loaded;
}

async::Task<void> Schemas::LetGo(TenantHandle tenant) {
  if (tenant.record().state != TenantState::kDeleting) co_return;
  // A mark that stays is of an epoch that never comes again.
  static_cast<void>(parts_.platform.Run("DELETE FROM schema_tenants WHERE tenant=?1",
                                        {std::string_view(tenant.id().text())}));
  current_.erase(tenant.id());
  co_await Publish();
}

}  // namespace notify::agent::schema
