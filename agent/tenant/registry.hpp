#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/async/runtime.hpp"
#include "agent/flow/audit_sink.hpp"
#include "agent/flow/feedback.hpp"
#include "agent/flow/tenant_holder.hpp"
#include "agent/store/keyring.hpp"
#include "agent/tenant/directory_publisher.hpp"
#include "agent/tenant/platform_store.hpp"
#include "agent/tenant/restored_tenants.hpp"
#include "agent/tenant/tenant_fields.hpp"

namespace notify::agent::tenant {

// Shared with the directory's snapshots and the handles.
using TenantPtr = std::shared_ptr<const TenantRecord>;

/// The lives of the tenants: each change is durable in platform.db, then in force on all threads,
/// then answered. One change at a time.
///
/// Lifetime: as the agent; what it is made of outlives it.
/// Threads:  any executor; answers come on the caller's. The work is done on the platform executor.
class Registry {
 public:
  struct Parts {
    async::Runtime& runtime;
    PlatformStore& store;
    store::Keyring& keyring;
    DirectoryPublisher& directory;
    Feedback& feedback;    ///< Tells `tenant.created` and the other changes.
    AuditSink& audit;      ///< Tells `tenant.deleted`: a deleted tenant has no log.
    std::string data_dir;  ///< Tenants live in `DIR/tenants/<id>`.
  };
  explicit Registry(Parts parts) : parts_(std::move(parts)) {}

  /// Who has to let go of a tenant that stops. Before the first change.
  void AddHolder(TenantHolder& holder) { holders_.push_back(&holder); }

  /// Reads platform.db and publishes the first directory. A tenant whose keys do not open is left
  /// out and logged; the others are served.
  async::Task<Status> Load();

  /// Finishes or undoes what a crash left half done: tenants in creation whose folder is there are
  /// finished, the others undone; deletions are finished. Once the log takes events. What still
  /// fails is logged and tried again at the next start.
  async::Task<void> FinishUnfinished();

  /// Who wants a tenant: only the agent itself makes `default`.
  enum class Origin { kRequest, kAgent };

  /// kTenantInvalid  a reserved name.
  /// kTenantExists   there is one, or one that is still being deleted.
  /// kConflict       another tenant has one of the hosts.
  async::Task<Result<TenantPtr>> Create(TenantDraft draft, Origin origin);

  /// `body` is the JSON of ParseTenantChange. kTenantNotFound, kConflict, and that one's errors.
  async::Task<Result<TenantPtr>> Update(TenantId id, std::string body);

  /// kTenantNotFound. Doing it again changes nothing.
  async::Task<Result<TenantPtr>> Suspend(TenantId id);
  async::Task<Result<TenantPtr>> Resume(TenantId id);

  /// Takes in a tenant that a backup brought, whose files lie in `folder`, which is moved. Its log
  /// begins a new epoch, and the positions in its state move to it. It is suspended until all of it
  /// is there, and stays so where it was.
  ///
  /// kTenantExists, kConflict   as from Create.
  /// kInvalidArgument           its key is wrapped by another master key.
  async::Task<Result<TenantPtr>> Adopt(RestoredTenant restored, std::string folder);

  /// Destroys the tenant's key, then its folder, then its row. kTenantNotFound. After another error
  /// the tenant is gone for everybody, and deleting again or the next start removes the rest.
  async::Task<Status> Delete(TenantId id);

 private:
  async::Task<Status> LoadHere();
  async::Task<void> FinishHere();
  async::Task<Result<TenantPtr>> CreateHere(TenantDraft draft, Origin origin);
  async::Task<Result<TenantPtr>> UpdateHere(TenantId id, std::string body);
  async::Task<Result<TenantPtr>> SetStateHere(TenantId id, TenantState state);
  async::Task<Result<TenantPtr>> AdoptHere(RestoredTenant restored, std::string folder);
  async::Task<Status> DeleteHere(TenantId id);

  Status CheckNew(const TenantDraft& draft, Origin origin);
  Status CheckHosts(const TenantId& id, const std::vector<std::string>& hosts) const;
  Result<TenantRow> NewRow(const TenantDraft& draft);
  Result<TenantPtr> RecordOf(const TenantRow& row) const;
  Result<TenantRow> RowOf(const TenantId& id);

  /// From the row on: folder, event, active.
  async::Task<Result<TenantPtr>> Establish(TenantRow row);
  Status MakeFolders(const TenantId& id);
  /// Writes the rows of a restored tenant and moves its folder to its place.
  Status Settle(const RestoredTenant& restored, const std::string& folder);
  /// The way back, and the end: key, directory, holders, folder, row.
  async::Task<Status> Dissolve(TenantRow row);
  async::Task<Result<TenantPtr>> Save(TenantRow row, std::vector<std::string> events);
  async::Task<Status> Tell(TenantPtr tenant, std::string type);
  void RecordDeleted(const TenantId& id);
  async::Task<void> LetGo(TenantPtr tenant);
  async::Task<void> PublishWith(TenantPtr tenant);
  /// With the keys and revocations that platform.db has now.
  async::Task<Status> PublishWithKeys(TenantPtr tenant);
  async::Task<void> PublishWithout(TenantId id);

  std::string FolderOf(const TenantId& id) const { return TenantsFolder() + "/" + id.text(); }
  std::string NewFolderOf(const TenantId& id) const {
    return TenantsFolder() + "/.new-" + id.text();
  }
  std::string TenantsFolder() const { return parts_.data_dir + "/tenants"; }
  const Directory& directory() const { return *parts_.directory.OfPlatform(); }
  std::int64_t NowMs() const;

  const Parts parts_;
  std::vector<TenantHolder*> holders_;
};

}  // namespace notify::agent::tenant
