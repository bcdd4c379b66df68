#include "agent/app/hub_places.hpp"

#include "agent/async/tenant_context.hpp"
#include "agent/auth/roles.hpp"
#include "common/log.hpp"

namespace notify::agent::app {
namespace {

constexpr auto kWarnAgainAfter = std::chrono::minutes(1);

Error Deleted() { return Fail(Errc::kTenantNotFound, "The tenant was just deleted."); }

/// All clients of a local socket have one address, which says nothing.
std::string Countable(std::string address) { return address == "unix" ? std::string() : address; }

}  // namespace

HubPlaces::HubPlaces(async::Runtime& runtime, const quota::Gates& gates,
                     telemetry::Metrics& metrics, AuditSink& audit,
                     quota::HeadCounts::Limits limits)
    : runtime_(runtime),
      gates_(gates),
      metrics_(metrics),
      audit_(audit),
      heads_(runtime.io(0).executor(), limits),
      warned_(runtime.io_threads()) {}

async::Task<Result<ingress::signalr::Place>> HubPlaces::Take(std::size_t io,
                                                             const pipeline::Caller& caller,
                                                             std::string address) {
  if (!caller.tenant) co_return ingress::signalr::Place();
  const TenantId& tenant = caller.tenant->id();
  const auto gates = gates_.OfIo(io, tenant);
  if (!gates) co_return Deleted();
  auto of_tenant = gates->rate.TryConnect();
  if (!of_tenant) {
    Refused(caller, std::move(address), of_tenant.error());
    co_return of_tenant.error();
  }
  auto of_heads = co_await heads_.Take(tenant, caller.principal.user(), Countable(address));
  if (!of_heads) {
    Refused(caller, std::move(address), of_heads.error());
    co_return of_heads.error();
  }
  if (of_tenant->near()) Near(io, tenant, "tenant");
  if (of_heads->user_near()) Near(io, tenant, "user");
  if (of_heads->address_near()) Near(io, tenant, "address");
  ingress::signalr::Place place(
      ingress::signalr::PlaceParts{std::move(*of_tenant), std::move(*of_heads)});
  co_return std::move(place);
}

async::Task<Status> HubPlaces::Check(std::size_t io, const pipeline::Caller& caller,
                                     std::string address) {
  if (!caller.tenant) co_return Status();
  const TenantId& tenant = caller.tenant->id();
  const auto gates = gates_.OfIo(io, tenant);
  if (!gates) co_return Deleted();
  Status room = gates->rate.CheckConnect();
  if (room) room = co_await heads_.Check(tenant, caller.principal.user(), Countable(address));
  if (!room) Refused(caller, std::move(address), room.error());
  co_return room;
}

void HubPlaces::Near(std::size_t io, const TenantId& tenant, std::string_view limit) {
  metrics_.connections_near_limit.For(tenant, limit).Add();
  const Clock::TimePoint now = runtime_.clock().Now();
  const auto [last, first] = warned_[io].try_emplace({tenant, std::string(limit)}, now);
  if (!first && now - last->second < kWarnAgainAfter) return;
  last->second = now;
  log::Warning(
      "hub.limit_near: connections of tenant {TenantId} are at the soft limit of one "
      "{Limit}.",
      {{"TenantId", tenant.text()}, {"Limit", std::string(limit)}});
}

void HubPlaces::Refused(const pipeline::Caller& caller, std::string address, const Error& error) {
  metrics_.refusals.For(error.code, caller.tenant->id()).Add();
  AuditEntry entry;
  entry.actor = caller.principal.actor();
  entry.role = auth::ToString(caller.principal.roles());
  entry.tenant = caller.tenant->id().text();
  entry.action = "connection.open";
  entry.target = "connections";
  entry.result = "refused";
  entry.code = Describe(error.code).name;
  entry.address = std::move(address);
  if (const auto* context = async::TenantContext::Current()) {
    entry.correlation_id = context->correlation_id;
  }
  audit_.Record(*caller.tenant, std::move(entry));
}

}  // namespace notify::agent::app
