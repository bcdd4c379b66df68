#include "agent/pipeline/restore_run.hpp"

#include <algorithm>
#include <utility>

#include "agent/async/run_on.hpp"
#include "agent/tenant/restored_tenants.hpp"
#include "common/archive/archive_reader.hpp"
#include "common/log.hpp"

namespace notify::agent::pipeline {
namespace {

Error Exists(const TenantId& tenant) {
  return Fail(Errc::kTenantExists, "Tenant '" + tenant.text() + "' is there, and left alone.",
              "Delete it first, where the backup is to take its place: notifyctl tenant delete " +
                  tenant.text() + " --yes");
}

}  // namespace

async::Task<Result<RestoreRun::Outcome>> RestoreRun::Run(std::set<TenantId> only,
                                                         ByteSource& source) {
  async::FileSystem& files = parts_.runtime.files();
  // What a restore that a crash cut off has left goes first.
  const auto begin = [&]() -> Status {
    if (auto removed = files.Remove(Folder()); !removed) return removed;
    return files.MakeFolder(Folder());
  };
  async::CallOn beginning(parts_.runtime.background(), begin);
  if (auto begun = co_await beginning; !begun) co_return begun.error();
  auto running = RunIn(only, source);
  auto outcome = co_await std::move(running);
  const auto end = [&] { return files.Remove(Folder()); };
  async::CallOn ending(parts_.runtime.background(), end);
  if (auto ended = co_await ending; !ended) {
    log::Warning("What a restore unpacked is not removed: {Reason}",
                 {{"Reason", ended.error().detail}});
  }
  co_return outcome;
}

async::Task<Result<RestoreRun::Outcome>> RestoreRun::RunIn(const std::set<TenantId>& only,
                                                           ByteSource& source) {
  const std::set<TenantId> here = co_await TenantsHere();
  for (const TenantId& tenant : only) {
    if (here.contains(tenant)) co_return Exists(tenant);
  }
  backup::Choice choice;
  choice.accepts = [&](const backup::Manifest& manifest) { return Accepts(manifest, only); };
  choice.wants = [&](const TenantId& tenant) {
    return only.empty() ? !here.contains(tenant) : only.contains(tenant);
  };
  backup::Unpacker unpacker(parts_.runtime.files(), Folder(), std::move(choice));
  auto unpacking = Unpack(unpacker, source);
  if (auto unpacked = co_await std::move(unpacking); !unpacked) co_return unpacked.error();

  const auto read = [&] {
    return tenant::ReadRestored(parts_.runtime.files(), Folder(), unpacker.tenants());
  };
  async::CallOn reading(parts_.runtime.background(), read);
  auto tenants = co_await reading;
  if (!tenants) co_return tenants.error();
  Outcome outcome;
  outcome.created_at = unpacker.manifest()->created_at;
  for (const TenantId& tenant : unpacker.manifest()->tenants) {
    const bool wanted = only.empty() || only.contains(tenant);
    if (wanted && here.contains(tenant)) outcome.left_out.push_back({tenant, Exists(tenant)});
    const bool came = std::ranges::any_of(
        *tenants, [&](const tenant::RestoredTenant& one) { return one.row.id == tenant; });
    if (wanted && !here.contains(tenant) && !came) {
      Error gone = Fail(Errc::kTenantNotFound, "Tenant '" + tenant.text() +
                                                   "' was being deleted, or could not be read, "
                                                   "when the backup was made.");
      outcome.left_out.push_back({tenant, std::move(gone)});
    }
  }
  auto adopting = AdoptAll(std::move(*tenants), outcome);
  co_await std::move(adopting);
  co_return outcome;
}

async::Task<std::set<TenantId>> RestoreRun::TenantsHere() {
  const auto ask = [&] {
    std::set<TenantId> here;
    for (const auto& tenant : parts_.directory.OfPlatform()->tenants()) here.insert(tenant->id);
    return here;
  };
  async::CallOn asking(parts_.runtime.platform(), ask);
  co_return co_await asking;
}

Status RestoreRun::Accepts(const backup::Manifest& manifest, const std::set<TenantId>& only) const {
  if (manifest.master_key_id != parts_.master_key_id) {
    return Fail(Errc::kConflict,
                "The backup's data needs the master key " + manifest.master_key_id +
                    ", and this agent has " + parts_.master_key_id + ".",
                "Restore it into a folder of its own: notifyd --data-dir NEW --restore FILE");
  }
  for (const TenantId& tenant : only) {
    if (std::ranges::find(manifest.tenants, tenant) != manifest.tenants.end()) continue;
    return Fail(Errc::kTenantNotFound, "The backup has no tenant '" + tenant.text() + "'.",
                "tar -xOf FILE manifest.json lists those that it has.");
  }
  return {};
}

Status RestoreRun::HasRoom() const {
  const auto disk = parts_.runtime.files().Space(parts_.data_dir);
  // Where nobody can say, the write itself does.
  if (!disk || eventlog::LevelOf(*disk, parts_.storage) < eventlog::DiskLevel::kHigh) return {};
  return Fail(Errc::kStorageFull,
              "The disk is above its high watermark, and the backup needs room.",
              "Free some, or restore fewer tenants with --only.");
}

async::Task<Status> RestoreRun::Unpack(backup::Unpacker& unpacker, ByteSource& source) {
  archive::ArchiveReader reader(unpacker);
  while (true) {
    const auto piece = co_await source.Read();
    if (!piece) co_return piece.error();
    const auto feed = [&]() -> Status {
      if (auto room = HasRoom(); !room) return room;
      if (!piece->empty()) return reader.Feed(*piece);
      if (auto whole = reader.Finish(); !whole) return whole;
      return unpacker.Finish();
    };
    async::CallOn feeding(parts_.runtime.background(), feed);
    auto fed = co_await feeding;
    if (!fed || piece->empty()) co_return fed;
  }
}

async::Task<void> RestoreRun::AdoptAll(std::vector<tenant::RestoredTenant> tenants,
                                       Outcome& outcome) {
  for (tenant::RestoredTenant& tenant : tenants) {
    const TenantId id = tenant.row.id;
    std::string folder = Folder() + "/tenants/" + id.text();
    auto adopting = parts_.registry.Adopt(std::move(tenant), std::move(folder));
    auto adopted = co_await std::move(adopting);
    if (adopted) {
      outcome.restored.push_back(id);
    } else {
      outcome.left_out.push_back({id, std::move(adopted.error())});
    }
  }
}

}  // namespace notify::agent::pipeline
