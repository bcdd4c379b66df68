#include "agent/pipeline/storage_notices.hpp"

#include <chrono>
#include <utility>

#include "common/json_text.hpp"
#include "common/log.hpp"

namespace notify::agent::pipeline {
namespace {

using eventlog::CareNews;

std::string_view TypeOf(CareNews::Storage storage) {
  switch (storage) {
    case CareNews::Storage::kWarned:
      return "quota.storage.warning";
    case CareNews::Storage::kRefused:
      return "quota.storage.refused";
    case CareNews::Storage::kResumed:
      return "quota.storage.resumed";
    case CareNews::Storage::kSame:
      break;
  }
  return {};
}

}  // namespace

void StorageNotices::Take(const TenantHandle& tenant, const CareNews& news) {
  runtime_.platform().Post([this, tenant, news] { TakeHere(tenant, news); });
}

void StorageNotices::TakeHere(const TenantHandle& tenant, const CareNews& news) {
  const auto horizon =
      std::chrono::duration_cast<std::chrono::seconds>(news.dedupe_horizon).count();
  const auto bytes = static_cast<std::int64_t>(news.extent.bytes);
  auto shown = shown_.find(tenant.id());
  if (shown == shown_.end()) {
    shown =
        shown_
            .emplace(tenant.id(),
                     Shown{telemetry::GaugeShare(metrics_.dedupe_horizon_seconds.For(tenant.id())),
                           telemetry::GaugeShare(metrics_.log_bytes.For(tenant.id()))})
            .first;
  }
  shown->second.horizon.Set(horizon);
  shown->second.bytes.Set(bytes);
  if (news.removed_events > 0) metrics_.events_expired.For(tenant.id()).Add(news.removed_events);
  const std::string_view type = TypeOf(news.storage);
  if (type.empty() || tasks_.stopping()) return;
  OwnEvent event;
  event.type = type;
  event.subject = tenant.id().text();
  event.data_json = "{\"reason\":";
  AppendJsonString(event.data_json, news.detail);
  event.data_json += ",\"logBytes\":" + std::to_string(news.extent.bytes) + "}";
  tasks_.Spawn(Tell(tenant, std::move(event)));
}

async::Task<void> StorageNotices::LetGo(TenantHandle tenant) {
  shown_.erase(tenant.id());
  co_return;
}

void StorageNotices::TakeDisk(const async::DiskSpace& disk, eventlog::DiskLevel level) {
  runtime_.platform().Post([this, disk, level] {
    free_.Set(static_cast<std::int64_t>(disk.free));
    level_.Set(static_cast<std::int64_t>(level));
  });
}

async::Task<void> StorageNotices::Tell(TenantHandle tenant, OwnEvent event) {
  const std::string type = event.type;
  std::vector<OwnEvent> events;
  events.push_back(std::move(event));
  auto told = co_await feedback_.Append(tenant, std::move(events));
  if (told) co_return;
  log::Warning("The event {Type} of {TenantId} is not in its log: {Reason}",
               {{"Type", type}, {"TenantId", tenant.id()}, {"Reason", told.error().detail}});
}

}  // namespace notify::agent::pipeline
