#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "agent/flow/audit_sink.hpp"
#include "agent/flow/directory.hpp"
#include "agent/flow/principal.hpp"
#include "agent/flow/tenant_handle.hpp"

namespace notify::agent::tenant {

class Registry;

/// The only maker of TenantHandles: every way to a tenant's data begins here.
///
/// Threads:  any.
class HandleIssuer {
 public:
  /// For a request of `principal` that was resolved to `id`.
  ///
  /// kTenantMismatch   the credential is of another tenant; whether `id` exists is not looked at.
  /// kIssuerNotAllowed the token's issuer may not speak for it.
  /// kTenantNotFound   to platform-admin only; kForbidden to others.
  /// kTenantSuspended  it is suspended; a platform-admin still gets a handle.
  static Result<TenantHandle> ForRequest(const Directory& directory, const Principal& principal,
                                         const TenantId& id);

  /// For the platform's own work on a tenant. `action` (`noun.verb`, a literal) goes into the
  /// platform's audit chain as the reason.
  static TenantHandle ForPlatform(std::shared_ptr<const TenantRecord> record,
                                  std::string_view action, AuditSink& audit);

  /// For the platform's own work on every active tenant; one record in its audit chain.
  static std::vector<TenantHandle> ForEachActive(const Directory& directory,
                                                 std::string_view action, AuditSink& audit);

  /// The same for every tenant that has data: active or suspended.
  static std::vector<TenantHandle> ForEach(const Directory& directory, std::string_view action,
                                           AuditSink& audit);

  /// For the log's recovery at a start: whose blocks a journal holds that says `name` and `epoch`.
  /// Nothing where that life of the tenant is over. Nobody sees what is moved, so nothing is
  /// audited.
  static std::optional<TenantHandle> ForRecovery(const Directory& directory, std::string_view name,
                                                 Epoch epoch);

 private:
  friend class Registry;
  static std::vector<TenantHandle> ForThoseIn(const Directory& directory,
                                              std::initializer_list<TenantState> states,
                                              std::string_view action, AuditSink& audit);
  /// For a step of the tenant's own life; the command that asked for it is what is audited.
  static TenantHandle ForLifecycle(std::shared_ptr<const TenantRecord> record);
};

}  // namespace notify::agent::tenant
