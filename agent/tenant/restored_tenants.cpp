#include "agent/tenant/restored_tenants.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "agent/store/epoch_columns.hpp"

namespace notify::agent::tenant {
namespace {

Status Renew(async::FileSystem& files, store::Database& platform, PlatformStore& store,
             const TenantRow& row, const std::string& folder, std::int64_t now_ms) {
  const auto epoch = store.NextEpoch(now_ms);
  if (!epoch) return epoch.error();
  if (auto moved = MoveState(files, folder, row.epoch, *epoch); !moved) return moved;
  if (auto moved = store::ReplaceEpoch(platform, row.epoch, *epoch); !moved) return moved;
  return store.NoteUnfinished(row.id);
}

/// Tenants that came without a row: they were deleted before platform.db was copied.
Status RemoveOrphans(async::FileSystem& files, const std::string& tenants,
                     const std::vector<TenantId>& there) {
  if (!files.Exists(tenants)) return {};
  const auto names = files.List(tenants);
  if (!names) return names.error();
  for (const std::string& name : *names) {
    if (std::ranges::find(there, name, &TenantId::text) != there.end()) continue;
    if (auto removed = files.Remove(tenants + "/" + name); !removed) return removed;
  }
  return {};
}

/// Everything into the file itself, which is moved alone.
Status Checkpoint(store::Database& database) {
  bool whole = false;
  auto done = database.Query("PRAGMA wal_checkpoint(TRUNCATE)", {}, [&](const store::Row& row) {
    whole = row.Integer(0) == 0;
    return true;
  });
  if (done && !whole) return Fail(Errc::kInternal, "platform.db cannot be written back.");
  return done;
}

Result<std::vector<KeyRow>> AllKeys(PlatformStore& store, const TenantId& tenant) {
  constexpr std::size_t kPage = 1000;
  std::vector<KeyRow> all;
  while (true) {
    auto page = store.Keys(tenant, all.empty() ? std::string() : all.back().id, kPage);
    if (!page) return page.error();
    std::ranges::move(*page, std::back_inserter(all));
    if (page->size() < kPage) return all;
  }
}

}  // namespace

Status MoveState(async::FileSystem& files, const std::string& folder, Epoch from, Epoch to) {
  const std::string path = folder + "/state.db";
  if (!files.Exists(path)) return {};
  auto state = store::Database::Open(path, {.vfs = files.SqliteVfs()});
  if (!state) return state.error();
  return store::ReplaceEpoch(**state, from, to);
}

Result<std::vector<RestoredTenant>> ReadRestored(async::FileSystem& files,
                                                 const std::string& folder,
                                                 const std::set<TenantId>& wanted) {
  auto platform = store::Database::Open(folder + "/platform.db", {.vfs = files.SqliteVfs()});
  if (!platform) return platform.error();
  auto store = PlatformStore::Open(**platform);
  if (!store) return store.error();
  auto rows = (*store)->Tenants();
  if (!rows) return rows.error();
  auto revoked = (*store)->RevokedUsers();
  if (!revoked) return revoked.error();
  std::vector<RestoredTenant> there;
  for (TenantRow& row : *rows) {
    if (!wanted.contains(row.id) || row.state == TenantState::kDeleting ||
        !files.Exists(folder + "/tenants/" + row.id.text() + "/log")) {
      continue;
    }
    auto keys = AllKeys(**store, row.id);
    if (!keys) return keys.error();
    auto users = std::move((*revoked)[row.id]);
    there.push_back({std::move(row), std::move(*keys), std::move(users)});
  }
  return there;
}

Result<std::vector<TenantId>> SettleRestored(async::FileSystem& files, const std::string& folder,
                                             std::int64_t now_ms) {
  auto platform = store::Database::Open(folder + "/platform.db", {.vfs = files.SqliteVfs()});
  if (!platform) return platform.error();
  auto store = PlatformStore::Open(**platform);
  if (!store) return store.error();
  const auto rows = (*store)->Tenants();
  if (!rows) return rows.error();
  std::vector<TenantId> there;
  for (const TenantRow& row : *rows) {
    const std::string home = folder + "/tenants/" + row.id.text();
    if (!files.Exists(home + "/log") || row.state == TenantState::kDeleting) {
      if (auto removed = files.Remove(home); !removed) return removed.error();
      if (auto destroyed = (*store)->DestroyKeys(row.id); !destroyed) return destroyed.error();
      if (auto removed = (*store)->Remove(row.id); !removed) return removed.error();
      continue;
    }
    auto renewed = Renew(files, **platform, **store, row, home, now_ms);
    if (!renewed) return renewed.error();
    there.push_back(row.id);
  }
  if (auto removed = RemoveOrphans(files, folder + "/tenants", there); !removed) {
    return removed.error();
  }
  if (auto written = Checkpoint(**platform); !written) return written.error();
  return there;
}

}  // namespace notify::agent::tenant
