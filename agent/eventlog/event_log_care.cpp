// The part of EventLog that keeps logs within their limits.
#include <utility>

#include "agent/async/run_on.hpp"
#include "agent/eventlog/event_log.hpp"

namespace notify::agent::eventlog {

RetentionKeeper::Parts EventLog::KeeperParts() {
  const auto shard_of = [this](const TenantHandle& tenant) -> StorageShard& {
    return *ThreadOf(tenant).shard;
  };
  return {
      runtime_,
      *writer_,
      options_.retention,
      options_.storage,
      options_.key_horizon(),
      folder_.substr(0, folder_.rfind('/')),
      [this](TenantHandle tenant, Sequence first) { return BeginsAt(std::move(tenant), first); },
      [shard_of](const TenantHandle& tenant, std::optional<Error> why) {
        StorageShard& shard = shard_of(tenant);
        shard.executor().Post([&shard, id = tenant.id(), why] { shard.Refuse(id, why); });
      },
      [this](const std::optional<Error>& why) {
        for (auto& thread : threads_) {
          thread->shard->executor().Post(
              [shard = thread->shard.get(), why] { shard->RefuseAll(why); });
        }
      },
      [this](const TenantHandle& tenant, const StoredExtent& extent) {
        TellStored(tenant, extent);
      },
      [this](const TenantHandle& tenant, const CareNews& news) {
        if (care_.news) care_.news(tenant, news);
      },
      [this](const async::DiskSpace& disk, DiskLevel level) {
        if (care_.disk) care_.disk(disk, level);
      }};
}

void EventLog::TellStored(const TenantHandle& tenant, const StoredExtent& extent) {
  Thread& thread = ThreadOf(tenant);
  thread.shard->executor().Post([&thread, tenant, extent] {
    thread.shard->Stored(tenant, extent, thread.log->BytesBehind(tenant, extent.last));
  });
}

async::Task<void> EventLog::BeginsAt(TenantHandle tenant, Sequence first) {
  StorageShard& shard = *ThreadOf(tenant).shard;
  const auto tell = [&] { shard.BeginsAt(tenant.id(), first); };
  async::CallOn telling(shard.executor(), tell);
  co_await telling;
}

Status EventLog::RoomForSegments() const {
  const auto disk = runtime_.files().Space(folder_);
  // Where nobody can say, the write itself does.
  if (!disk) return {};
  return RoomBesideReserve(*disk, options_.storage);
}

void EventLog::Tend(std::vector<TenantHandle> tenants) {
  runtime_.background().Post([this, tenants = std::move(tenants)]() mutable {
    retention_->SetTenants(std::move(tenants));
  });
}

void EventLog::Tend() {
  runtime_.background().Post([this] { retention_->Tick(); });
}

async::Task<Result<RetentionKeeper::Standing>> EventLog::Standing(TenantHandle tenant) {
  async::RunOn there(runtime_.background(), retention_->StandingOf(std::move(tenant)));
  co_return co_await there;
}

async::Task<Status> EventLog::ApplyRetention(TenantHandle tenant) {
  async::RunOn there(runtime_.background(), retention_->LookNow(std::move(tenant)));
  co_return co_await there;
}

async::Task<Result<CompactionPlan>> EventLog::PlanCompaction(TenantHandle tenant) {
  async::RunOn there(runtime_.background(), compactions_->Plan(std::move(tenant)));
  co_return co_await there;
}

async::Task<Result<CompactionReport>> EventLog::Compact(TenantHandle tenant) {
  async::RunOn there(runtime_.background(), compactions_->Begin(std::move(tenant)));
  co_return co_await there;
}

async::Task<std::optional<CompactionReport>> EventLog::Compaction(TenantHandle tenant) {
  async::RunOn there(runtime_.background(), compactions_->Of(std::move(tenant)));
  co_return co_await there;
}

}  // namespace notify::agent::eventlog
