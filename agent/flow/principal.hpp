#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/flow/roles.hpp"
#include "common/clock.hpp"
#include "common/ids.hpp"

namespace notify::agent {

namespace auth {
class Authenticator;
}

/// Proof of who is asking. Only authentication makes one.
///
/// Threads:  any, as a value.
class Principal {
 public:
  /// For the audit: `key:<id>`, `user:<id>`, `local:<uid>`.
  const std::string& actor() const { return actor_; }
  /// The user of a token; empty for keys and the local socket.
  const std::string& user() const { return user_; }
  RoleSet roles() const { return roles_; }
  bool Is(Role role) const { return roles_.Has(role); }
  /// The tenant that the credential belongs to; nothing for one of the platform.
  const std::optional<TenantId>& tenant() const { return tenant_; }
  /// Whether it may act for that tenant: it is of it, of the platform, or its issuer covers it.
  bool MaySpeakFor(const TenantId& tenant) const {
    if (tenant_) return *tenant_ == tenant;
    return roles_.Has(Role::kPlatformAdmin) || any_tenant_ ||
           (issuer_tenants_ &&
            std::ranges::find(*issuer_tenants_, tenant) != issuer_tenants_->end());
  }
  /// When the credential ends; nothing: it does not end by itself.
  const std::optional<Clock::WallTime>& expires_at() const { return expires_at_; }

 private:
  friend class auth::Authenticator;
  Principal() = default;

  std::string actor_;
  std::string user_;
  RoleSet roles_;
  std::optional<TenantId> tenant_;
  bool any_tenant_ = false;  // A key of the platform, or an issuer that covers all.
  // Shared with the issuer's rules: the tenants that a token without a tenant may speak for.
  std::shared_ptr<const std::vector<TenantId>> issuer_tenants_;
  std::optional<Clock::WallTime> expires_at_;
};

}  // namespace notify::agent
