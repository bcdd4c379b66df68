#include "agent/pipeline/lifted_events.hpp"

#include <algorithm>
#include <utility>

namespace notify::agent::pipeline {
namespace {

bool HasOldEvents(const schema::Upcasters& upcasters, const CommittedBatch& batch) {
  for (std::size_t i = 0; i < batch.events.size(); ++i) {
    const auto keys = ReadRecordKeys(batch.events.Record(i));
    if (keys && upcasters.Find(keys->type) != nullptr) return true;
  }
  return false;
}

BatchPtr LiftBatch(const schema::Upcasters& upcasters, BatchPtr batch) {
  if (!HasOldEvents(upcasters, *batch)) return batch;
  auto lifted = std::make_shared<CommittedBatch>();
  lifted->epoch = batch->epoch;
  lifted->first = batch->first;
  lifted->recorded_ms = batch->recorded_ms;
  lifted->later = batch->later;
  EventView event;
  for (std::size_t i = 0; i < batch->events.size(); ++i) {
    const std::string_view record = batch->events.Record(i);
    lifted->events.offsets.push_back(static_cast<std::uint32_t>(lifted->events.records.size()));
    const auto keys = ReadRecordKeys(record);
    schema::LiftedParts parts;
    const bool other =
        keys && upcasters.Find(keys->type) != nullptr && ReadRecord(record, event) &&
        upcasters.Lift(event, batch->RecordedMs(i), parts) != schema::Upcasters::Outcome::kAsStored;
    if (other) {
      AppendRecord(lifted->events.records, event);
    } else {
      lifted->events.records += record.substr(0, RecordBytes(record));
    }
  }
  return lifted;
}

}  // namespace

async::Task<Result<ReadPage>> LiftedEvents::Read(TenantHandle tenant, Position after,
                                                 std::size_t max_bytes) {
  auto page = co_await log_.Read(tenant, after, max_bytes);
  if (!page || page->batches.empty()) co_return page;
  auto upcasters = co_await upcasting_.Of(std::move(tenant));
  if (!upcasters) co_return upcasters.error();
  if (*upcasters == nullptr) co_return page;
  for (BatchPtr& batch : page->batches) batch = LiftBatch(**upcasters, std::move(batch));
  co_return page;
}

async::Task<Result<Position>> LiftedEvents::Attach(TenantHandle tenant, async::Executor& executor,
                                                   std::shared_ptr<LiveFeed> feed) {
  auto upcasters = co_await upcasting_.Of(tenant);
  if (!upcasters) co_return upcasters.error();
  co_return co_await log_.Attach(std::move(tenant), executor, std::move(feed));
}

BatchPtr LiftedEvents::Lift(const async::Executor& here, const TenantHandle& tenant,
                            BatchPtr batch) const {
  const auto upcasters = upcasting_.Known(here, tenant);
  return upcasters == nullptr ? batch : LiftBatch(*upcasters, std::move(batch));
}

}  // namespace notify::agent::pipeline
