// The steps of a tenant's beginning and end, each of which a crash may follow. Creating: row
// `creating`, folder, `tenant.created`, row `active`; deleting: key, folder, row.
#include <utility>

#include "agent/tenant/handle_issuer.hpp"
#include "agent/tenant/registry.hpp"
#include "common/log.hpp"

namespace notify::agent::tenant {

Status Registry::MakeFolders(const TenantId& id) {
  async::FileSystem& files = parts_.runtime.files();
  const std::string fresh = NewFolderOf(id);
  if (auto done = files.Remove(fresh); !done) return done;
  if (auto done = files.MakeFolder(fresh + "/log"); !done) return done;
  if (auto done = files.SyncFolder(fresh); !done) return done;
  if (auto done = files.Rename(fresh, FolderOf(id)); !done) return done;
  if (auto done = files.SyncFolder(TenantsFolder()); !done) return done;
  // The first tenant's folder brings `tenants` itself.
  return files.SyncFolder(parts_.data_dir);
}

async::Task<Result<TenantPtr>> Registry::Establish(TenantRow row) {
  auto creating = RecordOf(row);
  if (!creating) co_return creating.error();
  // The log takes events of tenants in the directory; requests are refused until it is active.
  co_await PublishWith(*creating);
  if (auto told = co_await Tell(*creating, "tenant.created"); !told) co_return told.error();
  row.state = TenantState::kActive;
  auto active = RecordOf(row);
  if (!active) co_return active.error();
  if (auto written = parts_.store.Update(row); !written) co_return written.error();
  co_await PublishWith(*active);
  co_return active;
}

async::Task<Status> Registry::Dissolve(TenantRow row) {
  if (auto destroyed = parts_.store.DestroyKeys(row.id); !destroyed) co_return destroyed;
  row.state = TenantState::kDeleting;
  auto record = RecordOf(row);
  if (!record) co_return record.error();
  co_await PublishWithout(row.id);
  co_await LetGo(*record);
  async::FileSystem& files = parts_.runtime.files();
  if (auto done = files.Remove(NewFolderOf(row.id)); !done) co_return done;
  if (auto done = files.Remove(FolderOf(row.id)); !done) co_return done;
  if (files.Exists(TenantsFolder())) {
    if (auto done = files.SyncFolder(TenantsFolder()); !done) co_return done;
  }
  co_return parts_.store.Remove(row.id);
}

async::Task<void> Registry::LetGo(TenantPtr tenant) {
  for (TenantHolder* holder : holders_) {
    co_await holder->LetGo(HandleIssuer::ForLifecycle(tenant));
  }
}

async::Task<Status> Registry::LoadHere() {
  const auto turn = co_await parts_.directory.turns().Take();
  const auto rows = parts_.store.Tenants();
  if (!rows) co_return rows.error();
  DirectoryContents contents;
  for (const TenantRow& row : *rows) {
    if (row.state == TenantState::kDeleting) continue;
    auto record = RecordOf(row);
    if (record) {
      contents.tenants.push_back(std::move(*record));
    } else {
      log::Error("Tenant {TenantId} is not served: {Reason}",
                 {{"TenantId", row.id}, {"Reason", record.error().detail}});
    }
  }
  auto keys = parts_.store.ValidKeys();
  if (!keys) co_return keys.error();
  contents.keys = std::move(*keys);
  auto revoked = parts_.store.RevokedUsers();
  if (!revoked) co_return revoked.error();
  contents.revoked = std::move(*revoked);
  co_await parts_.directory.Publish(std::move(contents));
  co_return Status();
}

async::Task<void> Registry::FinishHere() {
  const auto turn = co_await parts_.directory.turns().Take();
  const auto rows = parts_.store.Tenants();
  if (!rows) {
    log::Error("Cannot look for unfinished tenants: {Reason}", {{"Reason", rows.error().detail}});
    co_return;
  }
  for (const TenantRow& row : *rows) {
    Status done;
    if (row.state == TenantState::kCreating && parts_.runtime.files().Exists(FolderOf(row.id))) {
      if (auto made = co_await Establish(row); !made) done = made.error();
    } else if (row.state == TenantState::kCreating || row.state == TenantState::kDeleting) {
      done = co_await Dissolve(row);
      if (done && row.state == TenantState::kDeleting) RecordDeleted(row.id);
    }
    if (!done) {
      log::Error("Tenant {TenantId} is still unfinished: {Reason}",
                 {{"TenantId", row.id}, {"Reason", done.error().detail}});
    }
  }
}

}  // namespace notify::agent::tenant
