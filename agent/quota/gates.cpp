#include "agent/quota/gates.hpp"

#include <utility>

namespace notify::agent::quota {
namespace {

std::optional<Rate> EventsOf(const TenantLimits& limits) {
  return Rate::Of(limits.events_per_second, limits.events_burst);
}

std::optional<Rate> RequestsOf(const TenantLimits& limits) {
  return Rate::Of(limits.requests_per_second, limits.requests_burst);
}

ConnectionLimits ConnectionsOf(const TenantLimits& limits) {
  return {limits.connections, limits.connections_soft};
}

}  // namespace

TenantGates::TenantGates(const Clock& clock, const TenantRecord& tenant, const TenantLimits& limits)
    : epoch(tenant.epoch),
      quota(clock, tenant.id, EventsOf(limits)),
      rate(clock, tenant.id, RequestsOf(limits), ConnectionsOf(limits)) {}

Gates::Gates(async::Runtime& runtime, TenantLimits defaults)
    : clock_(runtime.clock()),
      defaults_(defaults),
      tables_(runtime, std::make_shared<const Table>()) {}

TenantLimits Gates::Effective(const TenantLimits& own) const {
  TenantLimits limits = own;
  // A rate and its burst are one limit: a tenant's own rate never takes the default's burst.
  if (!own.events_per_second) {
    limits.events_per_second = defaults_.events_per_second;
    if (!own.events_burst) limits.events_burst = defaults_.events_burst;
  }
  if (!own.requests_per_second) {
    limits.requests_per_second = defaults_.requests_per_second;
    if (!own.requests_burst) limits.requests_burst = defaults_.requests_burst;
  }
  if (!own.connections) limits.connections = defaults_.connections;
  if (!own.connections_soft) limits.connections_soft = defaults_.connections_soft;
  return limits;
}

async::Task<void> Gates::Prepare(std::shared_ptr<const Directory> next) {
  const Table& now = *tables_.OfPlatform();
  auto table = std::make_shared<Table>();
  for (const auto& tenant : next->tenants()) {
    const TenantLimits limits = Effective(tenant->limits);
    const auto found = now.find(tenant->id);
    if (found == now.end() || found->second->epoch != tenant->epoch) {
      table->emplace(tenant->id, std::make_shared<TenantGates>(clock_, *tenant, limits));
      continue;
    }
    found->second->quota.SetRate(EventsOf(limits));
    found->second->rate.SetLimits(RequestsOf(limits), ConnectionsOf(limits));
    table->emplace(tenant->id, found->second);
  }
  co_await tables_.Publish(std::move(table));
}

std::shared_ptr<TenantGates> Gates::OfIo(std::size_t io, const TenantId& tenant) const {
  const Table& table = *tables_.OfIo(io);
  const auto found = table.find(tenant);
  return found == table.end() ? nullptr : found->second;
}

std::shared_ptr<TenantGates> Gates::OfPlatform(const TenantId& tenant) const {
  const Table& table = *tables_.OfPlatform();
  const auto found = table.find(tenant);
  return found == table.end() ? nullptr : found->second;
}

}  // namespace notify::agent::quota
