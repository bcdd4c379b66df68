#include <utility>

#include "agent/app/delivery_side.hpp"
#include "agent/tenant/handle_issuer.hpp"

namespace notify::agent::app {
namespace {

/// The log of another tenant, for a replay that a platform-admin asked for.
Result<TenantHandle> OpenDestination(const Tenancy& tenancy, AuditSink& audit, const TenantId& id) {
  auto record = tenancy.directory.OfPlatform()->Tenant(id);
  if (!record || record->state != TenantState::kActive) {
    return Fail(Errc::kTenantNotFound, "There is no active tenant '" + id.text() + "'.",
                "notifyctl tenant list");
  }
  return tenant::HandleIssuer::ForPlatform(std::move(record), "event.replay", audit);
}

}  // namespace

void BuildReplays(async::Runtime& runtime, const AgentConfig& config, Storage& storage,
                  Tenancy& tenancy, LiveSide& live, DeliverySide& side) {
  side.copies = std::make_unique<pipeline::CopyIntake>(runtime, *tenancy.gates, *storage.log);
  pipeline::ReplayOptions options;
  options.rules_on = config.TriggersOn();
  options.allow_private_networks = config.channels.webhook.allow_private_networks || config.dev;
  options.retry.attempts = static_cast<int>(config.channels.webhook.attempts);
  pipeline::ReplayParts parts{runtime,
                              *storage.log,
                              [&log = *storage.log](TenantHandle tenant, Clock::WallTime time) {
                                return log.Before(std::move(tenant), time);
                              },
                              *side.copies,
                              live.hub(),
                              *side.channels.Find("webhook"),
                              *storage.databases,
                              [&tenancy, &audit = *storage.audit](const TenantId& id) {
                                return OpenDestination(tenancy, audit, id);
                              },
                              tenancy.lifted.get()};
  side.replays = std::make_unique<pipeline::Replays>(std::move(parts), options);
}

}  // namespace notify::agent::app
