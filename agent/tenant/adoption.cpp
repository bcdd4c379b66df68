// How a tenant of a backup comes into a running agent. A crash leaves either nothing of it, a
// tenant in creation that the next start finishes, or a suspended one.
#include <utility>

#include "agent/async/run_on.hpp"
#include "agent/tenant/registry.hpp"
#include "common/log.hpp"

namespace notify::agent::tenant {

async::Task<Result<TenantPtr>> Registry::Adopt(RestoredTenant restored, std::string folder) {
  async::RunOn there(parts_.runtime.platform(), AdoptHere(std::move(restored), std::move(folder)));
  co_return co_await there;
}

async::Task<Result<TenantPtr>> Registry::AdoptHere(RestoredTenant restored, std::string folder) {
  const auto turn = co_await parts_.directory.turns().Take();
  TenantRow& row = restored.row;
  TenantDraft draft;
  draft.id = row.id;
  draft.fields.hosts = HostsFromJson(row.hosts_json);
  if (auto checked = CheckNew(draft, Origin::kAgent); !checked) co_return checked.error();
  // Before anything is moved: what another master key wrapped is of no use here.
  if (auto opens = RecordOf(row); !opens) co_return opens.error();
  const auto epoch = parts_.store.NextEpoch(NowMs());
  if (!epoch) co_return epoch.error();
  const auto move = [&] { return MoveState(parts_.runtime.files(), folder, row.epoch, *epoch); };
  async::CallOn moving(parts_.runtime.background(), move);
  if (auto moved = co_await moving; !moved) co_return moved.error();
  row.epoch = *epoch;
  const bool active = row.state != TenantState::kSuspended;
  row.state = TenantState::kCreating;
  Status done = Settle(restored, folder);
  row.state = TenantState::kSuspended;
  if (done) done = parts_.store.Update(row);
  auto record = RecordOf(row);
  if (done && record) done = co_await PublishWithKeys(*record);
  if (!done || !record) {
    if (auto undone = co_await Dissolve(row); !undone) {
      log::Error("Tenant {TenantId} was not restored and is undone at the next start: {Reason}",
                 {{"TenantId", row.id}, {"Reason", undone.error().detail}});
    }
    co_return done ? record.error() : done.error();
  }
  if (!active) co_return record;
  row.state = TenantState::kActive;
  std::vector<std::string> events = {"tenant.resumed"};
  co_return co_await Save(std::move(row), std::move(events));
}

Status Registry::Settle(const RestoredTenant& restored, const std::string& folder) {
  const TenantId& id = restored.row.id;
  if (auto inserted = parts_.store.Insert(restored.row); !inserted) return inserted;
  for (const KeyRow& key : restored.keys) {
    if (auto inserted = parts_.store.InsertKey(key); !inserted) return inserted;
  }
  for (const auto& [user, until_ms] : restored.revoked_users) {
    if (auto revoked = parts_.store.RevokeUser(id, user, until_ms); !revoked) return revoked;
  }
  if (auto noted = parts_.store.NoteUnfinished(id); !noted) return noted;
  async::FileSystem& files = parts_.runtime.files();
  if (auto made = files.MakeFolder(TenantsFolder()); !made) return made;
  if (auto moved = files.Rename(folder, FolderOf(id)); !moved) return moved;
  if (auto synced = files.SyncFolder(TenantsFolder()); !synced) return synced;
  return files.SyncFolder(parts_.data_dir);
}

async::Task<Status> Registry::PublishWithKeys(TenantPtr tenant) {
  DirectoryContents next = directory().contents();
  auto keys = parts_.store.ValidKeys();
  if (!keys) co_return keys.error();
  next.keys = std::move(*keys);
  auto revoked = parts_.store.RevokedUsers();
  if (!revoked) co_return revoked.error();
  next.revoked = std::move(*revoked);
  next.tenants.push_back(std::move(tenant));
  co_await parts_.directory.Publish(std::move(next));
  co_return Status();
}

}  // namespace notify::agent::tenant
