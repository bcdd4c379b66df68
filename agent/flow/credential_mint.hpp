#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/flow/roles.hpp"
#include "agent/flow/tenant_handle.hpp"
#include "common/result.hpp"
#include "common/secret.hpp"

namespace notify::agent {

/// A new API key: the key is shown once, the digest is stored.
struct MintedKey {
  std::string id;
  Secret key;
  std::string digest;  ///< SHA-256 of the key, 32 bytes.
};

/// What a new hub token shall say.
struct TokenDraft {
  std::string user;
  RoleSet roles = Role::kSubscriber;
  std::int64_t ttl_seconds = 3600;   ///< 1 to 86,400.
  std::int64_t issued_after_ms = 0;  ///< Tokens of the user up to then are revoked.
};

/// A new hub token.
struct MintedToken {
  std::string token;
  std::string user;
  RoleSet roles;
  std::string jti;
  std::int64_t expires_ms = 0;  ///< Unix time; whole seconds.
};

/// Makes credentials, and knows who may give which to whom. Who keeps them is another's.
///
/// Lifetime: as the agent.
/// Threads:  the platform executor.
class CredentialMint {
 public:
  virtual ~CredentialMint() = default;

  /// kForbidden where somebody with `granter` may not give `granted`; kInvalidArgument where
  /// `granted` is empty, or of the platform for a tenant.
  virtual Status CheckGrant(RoleSet granter, RoleSet granted, bool for_tenant) = 0;
  /// The key of an owner: a tenant's name, or `platform`. `first` gives it the owner's bare name.
  virtual MintedKey NewKey(std::string_view owner, bool first) = 0;
  /// kInvalidArgument: a user's name or a time that is not allowed.
  virtual Result<MintedToken> NewToken(const TenantHandle& tenant, const TokenDraft& draft) = 0;
};

}  // namespace notify::agent
