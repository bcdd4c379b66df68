#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/ids.hpp"
#include "common/result.hpp"
#include "common/tenancy/resolver_config.hpp"

namespace notify {

/// Which tenant registered a whole host name. One immutable table per directory snapshot.
/// Threads: any.
class HostTable {
 public:
  virtual ~HostTable() = default;
  /// `host` is lower case, without port. Null where nobody registered it. Does not allocate.
  virtual const TenantId* Find(std::string_view host) const = 0;
};

/// What of a request may name a tenant. All views must outlive the call and what it returns.
struct RequestParts {
  /// The tenant that an API key is of, or a token's tenant claim, verified. At most one is set.
  const TenantId* credential_tenant = nullptr;
  const TenantId* claim_tenant = nullptr;
  /// Whether the credential is a platform-admin's: X-Tenant and `/t/{tenant}/` always work for it.
  bool platform_admin = false;
  /// Every value of the configured header, one entry per header line.
  std::span<const std::string_view> header_values;
  /// Every value of `X-Tenant`; the same as `header_values` unless another header is configured.
  std::span<const std::string_view> x_tenant_values;
  /// `Host`, or `X-Forwarded-Host` from a trusted proxy; a port is ignored.
  std::string_view host;
  /// The path as received, percent-encoded, without the query.
  std::string_view path;
  /// May be null: no host is registered.
  const HostTable* hosts = nullptr;
};

/// What the chain found.
struct Resolution {
  std::optional<TenantId> tenant;    ///< Nothing: neither credential nor request names one.
  std::optional<Strategy> strategy;  ///< What named it first.
  std::string_view path;             ///< The request's path without the tenant's prefix.
};

/// One line of `tenant resolve --explain`.
struct ResolutionStep {
  Strategy strategy;
  enum class Outcome : std::uint8_t {
    kNamed,       ///< Names the tenant.
    kAgrees,      ///< Names the same tenant as a step before.
    kOverridden,  ///< Names another tenant, after a step that already named one.
    kAbsent,      ///< Names nothing.
    kRefused,     ///< Ends the resolution with an error.
  };
  Outcome outcome;
  std::string text;  ///< One sentence.
};

/// Resolves the tenant of a request whose credential is verified (contract 5). Pure; under 1 µs,
/// and without allocating anything but the result and a tenant of more than 15 characters.
///
/// The credential's tenant always counts, and each name that the chain finds in the request must
/// agree with it. Without one, the first name in the chain wins.
///
/// kInvalidArgument  the path has `..`, `//`, or an encoded `/`, `\` or `.`-segment.
/// kTenantMismatch   the credential is of a tenant, and the request names another, two values in
/// one
///                   header, or something outside the grammar. Whether the other exists is not
///                   looked at.
/// kTenantInvalid    two values in one header, or a name outside the grammar, without such a
/// credential.
///
/// `explain`, where not null, is given every step in order, the refused one too.
Result<Resolution> ResolveTenant(const ResolverConfig& config, const RequestParts& request,
                                 std::vector<ResolutionStep>* explain = nullptr);

/// The tenant, for a route that needs one. kTenantRequired where nothing names it.
Result<TenantId> RequireTenant(const Resolution& resolution);

}  // namespace notify
