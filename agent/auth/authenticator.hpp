#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "agent/async/stream.hpp"
#include "agent/auth/failure_delays.hpp"
#include "agent/auth/issuers.hpp"
#include "agent/flow/directory.hpp"
#include "agent/flow/principal.hpp"

namespace notify::agent::auth {

/// The name of our own tokens' issuer, and of the audience that they are for.
inline constexpr std::string_view kOwnIssuer = "notifyd";
inline constexpr std::string_view kOwnAudience = "notifyctl/hub";

/// What a request brings to say who asks.
struct Credentials {
  std::optional<std::string_view> authorization;  ///< The header's value.
  std::optional<std::string_view> access_token;   ///< Of the query, where the path allows one.
  const async::Peer* peer = nullptr;
};

/// Proves who is asking; the only maker of a Principal (contract 5). API keys by their SHA-256,
/// tokens by the signature of the tenant or issuer that they name, a process of this machine by the
/// uid at the other end of the Unix socket. Verified tokens are remembered by their hash until they
/// expire.
///
/// Lifetime: one for each I/O thread.
/// Threads:  its thread.
class Authenticator {
 public:
  /// `issuers` and `clock` outlive it. `own_uid`: who may speak as the platform's operator on the
  /// socket, beside root.
  Authenticator(const Issuers& issuers, const Clock& clock, std::uint32_t own_uid);
  ~Authenticator();

  /// kUnauthenticated  nothing says who asks.
  /// kTokenInvalid     what says it is not valid.
  /// kTokenExpired     it was valid once.
  /// kForbidden        a token in the query of a role that may not be there.
  Result<Principal> Authenticate(const Credentials& credentials, const Directory& directory);

  /// How long the answer to a failed Authenticate waits, so that guessing is slow: at most 2 s, by
  /// account and address. Zero for callers of this machine, and where no credential was sent or one
  /// has only expired.
  Clock::Duration DelayOf(const Credentials& credentials, const Error& failure);

  /// Nobody in particular, without a role: for public paths.
  Result<Principal> Anonymous() const;

 private:
  struct CachedToken;

  Result<Principal> FromBearer(std::string_view token, const Directory& directory);
  Result<Principal> FromKey(std::string_view key, const Directory& directory) const;
  Result<Principal> FromToken(std::string_view token, const Directory& directory);
  Status Verify(std::string_view token, const Directory& directory, CachedToken& cached);
  Status CheckRevoked(const CachedToken& cached, const Directory& directory) const;
  void Remember(std::string digest, std::shared_ptr<const CachedToken> token);

  const Issuers& issuers_;
  const Clock& clock_;
  const std::uint32_t own_uid_;

  FailureDelays delays_;
  std::unordered_map<std::string, std::shared_ptr<const CachedToken>> cache_;
  std::list<std::string> cache_order_;  // Oldest first.
};

}  // namespace notify::agent::auth
