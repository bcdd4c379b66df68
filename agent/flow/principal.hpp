#pragma once

#include <optional>
#include <string>
#include <utility>

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
  /// When the credential ends; nothing: it does not end by itself.
  const std::optional<Clock::WallTime>& expires_at() const { return expires_at_; }

 private:
  friend class auth::Authenticator;
  Principal() = default;

  std::string actor_;
  std::string user_;
  RoleSet roles_;
  std::optional<TenantId> tenant_;
  std::optional<Clock::WallTime> expires_at_;
};

}  // namespace notify::agent
