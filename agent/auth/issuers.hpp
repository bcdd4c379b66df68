#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "agent/async/file.hpp"
#include "agent/auth/jwt.hpp"
#include "common/config/agent_config.hpp"

namespace notify::agent::auth {

/// An external issuer of tokens, with its keys read and the tenants that it may speak for.
struct Issuer {
  IssuerRules rules;
  bool all_tenants = false;
  // Shared with the principals of its tokens that name no tenant.
  std::shared_ptr<const std::vector<TenantId>> tenants;

  bool Covers(const TenantId& tenant) const;
};

/// The external issuers of the configuration.
///
/// Lifetime: as the agent; immutable.
/// Threads:  any.
class Issuers {
 public:
  Issuers() = default;
  /// Reads the keys. kInvalidConfig names the issuer whose key cannot be read or used.
  static Result<Issuers> Load(const std::vector<IssuerConfig>& configured,
                              async::FileSystem& files);

  /// The issuer with that `iss`; null where there is none.
  const Issuer* Find(std::string_view issuer) const;

 private:
  std::vector<Issuer> issuers_;
};

}  // namespace notify::agent::auth
