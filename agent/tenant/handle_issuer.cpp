#include "agent/tenant/handle_issuer.hpp"

#include <algorithm>
#include <utility>

namespace notify::agent::tenant {
namespace {

Error NotThere(const Principal& principal, const TenantId& id) {
  if (principal.Is(Role::kPlatformAdmin)) {
    return Fail(Errc::kTenantNotFound, "There is no tenant '" + id.text() + "'.",
                "notifyctl tenant list");
  }
  return Fail(Errc::kForbidden, "The credential does not allow this tenant.",
              "Use a key or a token of the tenant.");
}

}  // namespace

Result<TenantHandle> HandleIssuer::ForRequest(const Directory& directory,
                                              const Principal& principal, const TenantId& id) {
  const bool platform = principal.Is(Role::kPlatformAdmin);
  if (principal.tenant() && *principal.tenant() != id) {
    return Fail(Errc::kTenantMismatch,
                "The credential is of tenant '" + principal.tenant()->text() +
                    "', and the request names another.",
                "Leave the tenant out, or use a credential of the one you mean.");
  }
  if (!platform && !principal.MaySpeakFor(id)) {
    return Fail(Errc::kIssuerNotAllowed, "The token's issuer may not speak for this tenant.",
                "Add the tenant to the issuer's 'tenants' in notifyd.yaml.");
  }
  auto record = directory.Tenant(id);
  if (!record) return NotThere(principal, id);
  switch (record->state) {
    case TenantState::kActive:
      break;
    case TenantState::kSuspended:
      if (platform) break;
      return Fail(Errc::kTenantSuspended, "Tenant '" + id.text() + "' is suspended.",
                  "notifyctl tenant resume " + id.text());
    case TenantState::kCreating:
    case TenantState::kDeleting:
      return NotThere(principal, id);
  }
  return TenantHandle(std::move(record));
}

TenantHandle HandleIssuer::ForPlatform(std::shared_ptr<const TenantRecord> record,
                                       std::string_view action, AuditSink& audit) {
  AuditEntry entry;
  entry.actor = "platform";
  entry.role = "platform-admin";
  entry.tenant = record->id.text();
  entry.action = action;
  entry.target = "tenant:" + record->id.text();
  entry.result = "granted";
  audit.RecordPlatform(std::move(entry));
  return TenantHandle(std::move(record));
}

TenantHandle HandleIssuer::ForLifecycle(std::shared_ptr<const TenantRecord> record) {
  return TenantHandle(std::move(record));
}

std::optional<TenantHandle> HandleIssuer::ForRecovery(const Directory& directory,
                                                      std::string_view name, Epoch epoch) {
  auto record = directory.TenantNamed(name);
  if (!record || record->epoch != epoch || record->state == TenantState::kDeleting) {
    return std::nullopt;
  }
  return TenantHandle(std::move(record));
}

std::vector<TenantHandle> HandleIssuer::ForEachActive(const Directory& directory,
                                                      std::string_view action, AuditSink& audit) {
  return ForThoseIn(directory, {TenantState::kActive}, action, audit);
}

std::vector<TenantHandle> HandleIssuer::ForEach(const Directory& directory, std::string_view action,
                                                AuditSink& audit) {
  return ForThoseIn(directory, {TenantState::kActive, TenantState::kSuspended}, action, audit);
}

std::vector<TenantHandle> HandleIssuer::ForThoseIn(const Directory& directory,
                                                   std::initializer_list<TenantState> states,
                                                   std::string_view action, AuditSink& audit) {
  std::vector<TenantHandle> handles;
  for (const auto& record : directory.tenants()) {
    if (std::ranges::find(states, record->state) != states.end()) {
      handles.push_back(TenantHandle(record));
    }
  }
  AuditEntry entry;
  entry.actor = "platform";
  entry.role = "platform-admin";
  entry.action = action;
  entry.target = "tenants:" + std::to_string(handles.size());
  entry.result = "granted";
  audit.RecordPlatform(std::move(entry));
  return handles;
}

}  // namespace notify::agent::tenant
