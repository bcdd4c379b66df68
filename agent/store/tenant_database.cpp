#include "agent/store/tenant_database.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace notify::agent::store {
namespace {

// Says whose file this is, so that one that was moved to another tenant's folder, or a handle that
// outlived its tenant, opens nothing.
constexpr std::array<std::string_view, 1> kOwnerSteps = {
    "CREATE TABLE store_owner(one INTEGER PRIMARY KEY CHECK(one=1), tenant TEXT NOT NULL,"
    " epoch INTEGER NOT NULL)"};
constexpr StageSchema kOwnerSchema{"store", kOwnerSteps};

Status CheckOwner(Database& database, const TenantHandle& tenant) {
  const auto epoch = static_cast<std::int64_t>(tenant.record().epoch.value);
  auto claimed = database.Run("INSERT OR IGNORE INTO store_owner VALUES(1, ?, ?)",
                              {std::string_view(tenant.id().text()), epoch});
  if (!claimed) return claimed.error();
  const auto same = database.Number("SELECT 1 FROM store_owner WHERE tenant=? AND epoch=?",
                                    {std::string_view(tenant.id().text()), epoch});
  if (!same) return same.error();
  if (same->has_value()) return {};
  return Fail(Errc::kNotFound, "The state in the folder of tenant '" + tenant.id().text() +
                                   "' belongs to another tenant, or to a later one of this name.");
}

}  // namespace

TenantDatabases::TenantDatabases(const Clock& clock, std::string vfs, Options options)
    : clock_(clock), vfs_(std::move(vfs)), options_(options) {}

TenantDatabases::~TenantDatabases() = default;

Result<TenantDatabases::Entry> TenantDatabases::OpenFile(const TenantHandle& tenant) const {
  auto database = Database::Open(tenant.record().folder + "/state.db", {.vfs = vfs_});
  if (!database) return database.error();
  if (auto migrated = (*database)->Migrate(kOwnerSchema); !migrated) return migrated.error();
  if (auto checked = CheckOwner(**database, tenant); !checked) return checked.error();
  return Entry{tenant.id(), tenant.record().epoch, std::move(*database), {}, clock_.Now()};
}

Result<Database*> TenantDatabases::Open(const TenantHandle& tenant, const StageSchema& schema) {
  auto found = std::ranges::find(entries_, tenant.id(), &Entry::tenant);
  if (found != entries_.end() && found->epoch != tenant.record().epoch) {
    // Either the handle or what is open is of a former life; the file says which.
    entries_.erase(found);
    found = entries_.end();
  }
  if (found == entries_.end()) {
    auto entry = OpenFile(tenant);
    if (!entry) return entry.error();
    entries_.push_front(std::move(*entry));
    if (entries_.size() > std::max<std::size_t>(options_.max_open, 2)) entries_.pop_back();
  } else {
    entries_.splice(entries_.begin(), entries_, found);
  }
  Entry& entry = entries_.front();
  entry.used = clock_.Now();
  if (std::ranges::find(entry.stages, schema.stage) == entry.stages.end()) {
    if (auto migrated = entry.database->Migrate(schema); !migrated) return migrated.error();
    entry.stages.push_back(schema.stage);
  }
  return entry.database.get();
}

void TenantDatabases::CloseIdle() {
  const auto now = clock_.Now();
  std::erase_if(entries_,
                [&](const Entry& entry) { return now - entry.used >= options_.idle_close; });
}

void TenantDatabases::Close(const TenantHandle& tenant) {
  std::erase_if(entries_, [&](const Entry& entry) { return entry.tenant == tenant.id(); });
}

async::Task<void> TenantDatabases::LetGo(TenantHandle tenant) {
  Close(tenant);
  co_return;
}

}  // namespace notify::agent::store
