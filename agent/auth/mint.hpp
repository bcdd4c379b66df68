#pragma once

#include "agent/flow/credential_mint.hpp"
#include "common/clock.hpp"
#include "common/random.hpp"

namespace notify::agent::auth {

/// Makes API keys, and hub tokens signed with the tenant's own key. What it makes, Authenticator
/// takes.
///
/// Lifetime: as the agent; `clock` and `random` outlive it.
/// Threads:  any.
class Mint final : public CredentialMint {
 public:
  Mint(const Clock& clock, Random& random) : clock_(clock), random_(random) {}

  Status CheckGrant(RoleSet granter, RoleSet granted, bool for_tenant) override;
  MintedKey NewKey(std::string_view owner, bool first) override;
  Result<MintedToken> NewToken(const TenantHandle& tenant, const TokenDraft& draft) override;

 private:
  const Clock& clock_;
  Random& random_;
};

}  // namespace notify::agent::auth
