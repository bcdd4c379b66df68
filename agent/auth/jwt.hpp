#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/auth/jwt_keys.hpp"
#include "agent/flow/roles.hpp"
#include "common/clock.hpp"
#include "common/config/jwt_algorithm.hpp"
#include "common/result.hpp"

namespace notify::agent::auth {

/// A token whose signature and claims hold.
struct VerifiedToken {
  std::string issuer;
  std::string subject;
  std::optional<std::string> tenant;  ///< As the claim says it: not checked against the grammar.
  RoleSet roles;                      ///< `subscriber` where the token names none.
  Clock::WallTime expires_at;
  std::string jti;  ///< Empty where the token has none.
  std::optional<Clock::WallTime> issued_at;
};

/// What an issuer's tokens must be, and the keys that sign them.
struct IssuerRules {
  std::string issuer;                    ///< `iss`, byte for byte.
  std::string audience;                  ///< `aud` is or contains it.
  std::vector<JwtAlgorithm> algorithms;  ///< Never chosen by the token.
  std::vector<VerificationKey> keys;     ///< At most the first 16 that fit are tried.
  std::string tenant_claim = "tenant";
  std::string roles_claim = "roles";
};

/// A token taken apart. Nothing in it is true before VerifyJwt says so; what is `unverified` serves
/// to find the issuer's rules only.
struct ParsedJwt {
  JwtAlgorithm algorithm;
  std::string unverified_kid;
  std::string unverified_issuer;
  std::string unverified_tenant;  ///< The claim `tenant` where it is a text.
  std::string signing_input;
  std::string signature;
  std::string payload;  ///< JSON.
};

/// Takes a token of at most 16 KiB apart (RFC 7515 compact form). Threads: any.
///
/// kTokenInvalid  not three base64url parts of JSON objects; an algorithm that is not HS256, RS256
/// or
///                ES256 (`none` in any spelling among them); a header with `crit`, `jwk`, `jku`,
///                `x5u` or `x5c`; a member twice.
Result<ParsedJwt> ParseJwt(std::string_view token);

/// Checks signature, then claims. `now` is the clock's time; a token that comes from the future
/// (`nbf`, `iat`) is allowed 60 s of skew, an expired one none. Threads: any.
///
/// kTokenInvalid  wrong algorithm, signature, `iss` or `aud`; no `exp` or no `sub`; not valid yet;
/// a
///                claim of the wrong type; roles of which none is ours.
/// kTokenExpired  everything else is right.
Result<VerifiedToken> VerifyJwt(const ParsedJwt& token, const IssuerRules& rules,
                                Clock::WallTime now);

/// The claims of a token of our own, as JSON: `iss`, `aud`, `sub`, `tenant`, `roles`, `jti`, `iat`,
/// `exp` (whole seconds). Texts must be UTF-8.
std::string ClaimsOf(const VerifiedToken& token, std::string_view audience);

/// A token with these claims (JSON), signed with HS256; `kid` says which key it was.
std::string SignHs256(std::string_view claims, const HmacKey& key, std::string_view kid);

}  // namespace notify::agent::auth
