#include <utility>

#include "agent/app/tenancy.hpp"

namespace notify::agent::app {
namespace {

TenantLimits DefaultLimits(const AgentConfig& config) {
  TenantLimits limits{config.limits.events_per_second, config.limits.events_burst,
                      config.limits.requests_per_second, config.limits.requests_burst,
                      config.limits.connections};
  limits.connections_soft = config.limits.connections_soft;
  return limits;
}

Result<ResolverConfig> ResolverOf(const AgentConfig& config) {
  return ResolverConfig::Make({config.multi_tenancy.strategy, config.multi_tenancy.header,
                               config.multi_tenancy.path_pattern, config.multi_tenancy.base_domains,
                               config.multi_tenancy.custom});
}

EventLimits EventLimitsOf(const AgentConfig& config) {
  return {config.http.max_event_bytes, config.http.max_batch,
          static_cast<int>(config.http.max_json_depth)};
}

pipeline::ScheduleLimits ScheduleLimitsOf(const AgentConfig& config) {
  return {config.schedule.max_events, static_cast<std::int64_t>(config.schedule.max_bytes),
          config.schedule.max_ahead};
}

}  // namespace

Result<std::unique_ptr<Tenancy>> BuildTenancy(async::Runtime& runtime, const AgentConfig& config,
                                              std::uint32_t own_uid, Storage& storage) {
  auto tenancy = std::make_unique<Tenancy>(runtime);
  auto store = tenant::PlatformStore::Open(*storage.platform);
  if (!store) return store.error();
  tenancy->store = std::move(*store);

  tenancy->gates = std::make_unique<quota::Gates>(runtime, DefaultLimits(config));
  tenancy->directory.AddObserver(*tenancy->gates);
  tenancy->own_events =
      std::make_unique<pipeline::OwnEvents>(runtime, *tenancy->gates, *storage.log);
  tenancy->storage_notices =
      std::make_unique<pipeline::StorageNotices>(runtime, *tenancy->own_events, *storage.metrics);
  tenancy->hub_notices = std::make_unique<pipeline::HubNotices>(runtime, *tenancy->own_events);
  storage.log->OnCare({[notices = tenancy->storage_notices.get()](const TenantHandle& tenant,
                                                                  const eventlog::CareNews& news) {
                         notices->Take(tenant, news);
                       },
                       [notices = tenancy->storage_notices.get()](const async::DiskSpace& disk,
                                                                  eventlog::DiskLevel level) {
                         notices->TakeDisk(disk, level);
                       }});
  tenancy->legal_holds = std::make_unique<tenant::LegalHolds>(runtime, tenancy->directory);
  storage.log->AddHold(*tenancy->legal_holds);
  auto schemas =
      schema::Schemas::Make({runtime, *storage.platform, *storage.databases, *tenancy->own_events});
  if (!schemas) return schemas.error();
  tenancy->schemas = std::move(*schemas);
  auto upcasting = schema::Upcasting::Make(
      {runtime, *storage.platform, *storage.databases, *tenancy->own_events});
  if (!upcasting) return upcasting.error();
  tenancy->upcasting = std::move(*upcasting);
  tenancy->lifted = std::make_unique<pipeline::LiftedEvents>(*storage.log, *tenancy->upcasting);
  tenancy->registry = std::make_unique<tenant::Registry>(
      tenant::Registry::Parts{runtime, *tenancy->store, *storage.keyring, tenancy->directory,
                              *tenancy->own_events, *storage.audit, config.data_dir});
  tenancy->mint = std::make_unique<auth::Mint>(runtime.clock(), runtime.random());
  tenancy->access = std::make_unique<tenant::Access>(tenant::Access::Parts{
      runtime, *tenancy->store, tenancy->directory, *tenancy->mint, config.data_dir});

  auto issuers = auth::Issuers::Load(config.issuers, runtime.files());
  if (!issuers) return issuers.error();
  tenancy->issuers = std::move(*issuers);
  auto resolver = ResolverOf(config);
  if (!resolver) return resolver.error();
  tenancy->resolver = std::move(*resolver);

  tenancy->scheduling = std::make_unique<pipeline::Scheduling>(
      pipeline::ScheduledSending::Parts{runtime, *storage.log, *tenancy->own_events,
                                        *storage.databases, *storage.metrics},
      tenancy->directory, *storage.audit, ScheduleLimitsOf(config));
  tenancy->directory.AddObserver(*tenancy->scheduling);

  std::optional<TenantId> only;
  if (!config.MultiTenancyOn()) only = *TenantId::Parse("default");
  tenancy->intake = std::make_unique<pipeline::IntakeStages>(pipeline::IntakeStages::Parts{
      runtime, tenancy->directory, tenancy->issuers, tenancy->resolver, *tenancy->gates,
      *tenancy->schemas, *storage.log, *tenancy->scheduling, *storage.audit, *storage.metrics,
      own_uid, EventLimitsOf(config), config.http.trusted_proxies, only});
  return tenancy;
}

}  // namespace notify::agent::app
