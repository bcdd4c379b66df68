#include "agent/auth/authenticator.hpp"

#include <algorithm>
#include <utility>

#include "agent/auth/api_key.hpp"
#include "agent/auth/jwt.hpp"
#include "agent/auth/roles.hpp"
#include "common/encoding.hpp"

namespace notify::agent::auth {
namespace {

constexpr std::size_t kCachedTokens = 4096;
constexpr std::string_view kBearer = "Bearer ";

Error NoCredential() {
  return Fail(Errc::kUnauthenticated, "The request has no credential.",
              "Send 'Authorization: Bearer KEY'; notifyctl key create --tenant T --role publisher "
              "makes a key.");
}

Error BadCredential(std::string why) {
  return Fail(Errc::kTokenInvalid, std::move(why),
              "notifyctl key create makes a key, notifyctl token create --user U a token.");
}

bool HasScheme(std::string_view value) {
  return value.size() > kBearer.size() &&
         std::ranges::equal(value.substr(0, kBearer.size()), kBearer,
                            [](char a, char b) { return (a | 0x20) == (b | 0x20); });
}

}  // namespace

/// A token that was verified, and what must be looked at each time.
struct Authenticator::CachedToken {
  std::string user;
  RoleSet roles;
  std::optional<TenantId> tenant;
  std::shared_ptr<const std::vector<TenantId>> issuer_tenants;
  bool any_tenant = false;
  Clock::WallTime expires_at;
  std::int64_t issued_ms = 0;
  Epoch epoch;  // Of the tenant's log: a tenant deleted and made again does not revive its tokens.
  bool own = false;
};

Authenticator::Authenticator(const Issuers& issuers, const Clock& clock, std::uint32_t own_uid)
    : issuers_(issuers), clock_(clock), own_uid_(own_uid), delays_(clock) {}
Authenticator::~Authenticator() = default;

Result<Principal> Authenticator::Authenticate(const Credentials& credentials,
                                              const Directory& directory) {
  if (credentials.authorization) {
    if (!HasScheme(*credentials.authorization)) {
      return BadCredential("The Authorization header is not 'Bearer' and a key or token.");
    }
    return FromBearer(credentials.authorization->substr(kBearer.size()), directory);
  }
  if (credentials.access_token) {
    auto principal = FromBearer(*credentials.access_token, directory);
    if (!principal) return principal;
    RoleSet allowed = Role::kSubscriber;
    allowed.Add(Role::kViewer);
    if (!principal->roles().IsSubsetOf(allowed)) {
      return Fail(Errc::kForbidden,
                  "A credential in the query may have the roles subscriber and viewer only.",
                  "Send it in the Authorization header, or a subscriber's token: notifyctl token "
                  "create --tenant TENANT --user USER");
    }
    return principal;
  }
  const async::Peer* peer = credentials.peer;
  if (peer != nullptr && peer->local_uid &&
      (*peer->local_uid == own_uid_ || *peer->local_uid == 0)) {
    Principal principal;
    principal.actor_ = "local:" + std::to_string(*peer->local_uid);
    principal.roles_ = Role::kPlatformAdmin;
    return principal;
  }
  return NoCredential();
}

Clock::Duration Authenticator::DelayOf(const Credentials& credentials, const Error& failure) {
  const bool local = credentials.peer == nullptr || credentials.peer->loopback;
  if (local || failure.code != Errc::kTokenInvalid) return Clock::Duration::zero();
  std::string_view credential = credentials.access_token.value_or("");
  if (credentials.authorization && HasScheme(*credentials.authorization)) {
    credential = credentials.authorization->substr(kBearer.size());
  }
  // The account is what the key claims; a forged token's claims cost nothing to change.
  if (const auto parts = ParseApiKey(credential)) {
    return delays_.Failed(parts->id, credentials.peer->address);
  }
  return delays_.Failed("", credentials.peer->address);
}

Result<Principal> Authenticator::Anonymous() const {
  Principal nobody;
  nobody.actor_ = "anonymous";
  return nobody;
}

Result<Principal> Authenticator::FromBearer(std::string_view token, const Directory& directory) {
  return token.starts_with("nk_") ? FromKey(token, directory) : FromToken(token, directory);
}

Result<Principal> Authenticator::FromKey(std::string_view key, const Directory& directory) const {
  const auto parts = ParseApiKey(key);
  const ApiKeyRecord* record = parts ? directory.Key(ApiKeyDigest(key)) : nullptr;
  if (record == nullptr)
    return BadCredential("The API key is not valid; it may have been revoked.");
  Principal principal;
  principal.actor_ = "key:" + record->id;
  principal.roles_ = record->roles;
  principal.tenant_ = record->tenant;
  principal.any_tenant_ = !record->tenant;
  return principal;
}

Result<Principal> Authenticator::FromToken(std::string_view token, const Directory& directory) {
  std::string digest = Sha256(token);
  const auto found = cache_.find(digest);
  std::shared_ptr<const CachedToken> known;
  if (found != cache_.end()) {
    known = found->second;
  } else {
    auto verified = std::make_shared<CachedToken>();
    if (auto checked = Verify(token, directory, *verified); !checked) return checked.error();
    known = verified;
    Remember(std::move(digest), known);
  }
  if (known->expires_at <= clock_.WallNow()) {
    return Fail(Errc::kTokenExpired, "The token has expired.",
                "notifyctl token create --user U makes a new one.");
  }
  if (auto valid = CheckRevoked(*known, directory); !valid) return valid.error();
  Principal principal;
  principal.actor_ = "user:" + known->user;
  principal.user_ = known->user;
  principal.roles_ = known->roles;
  principal.tenant_ = known->tenant;
  principal.any_tenant_ = known->any_tenant;
  principal.issuer_tenants_ = known->issuer_tenants;
  principal.expires_at_ = known->expires_at;
  return principal;
}

Status Authenticator::Verify(std::string_view token, const Directory& directory,
                             CachedToken& cached) {
  const auto parsed = ParseJwt(token);
  if (!parsed) return parsed.error();
  const bool own = parsed->unverified_issuer == kOwnIssuer;
  const Issuer* issuer = own ? nullptr : issuers_.Find(parsed->unverified_issuer);
  IssuerRules own_rules;
  if (own) {
    const auto record = directory.TenantNamed(parsed->unverified_tenant);
    if (!record) return BadCredential("The token is not one that this agent gave.");
    auto key = HmacKey::Make(record->token_key);
    if (!key) return key.error();
    own_rules.issuer = kOwnIssuer;
    own_rules.audience = kOwnAudience;
    own_rules.algorithms = {JwtAlgorithm::kHs256};
    own_rules.keys.push_back({"", std::move(*key)});
    cached.epoch = record->epoch;
  } else if (issuer == nullptr) {
    return BadCredential("The token's issuer is not known here.");
  }
  const auto verified = VerifyJwt(*parsed, own ? own_rules : issuer->rules, clock_.WallNow());
  if (!verified) return verified.error();
  if (verified->tenant) {
    const auto tenant = TenantId::Parse(*verified->tenant);
    if (!tenant) return BadCredential("The token's tenant is not a tenant id.");
    if (issuer != nullptr && !issuer->Covers(*tenant)) {
      return Fail(Errc::kIssuerNotAllowed, "The token's issuer may not speak for its tenant.",
                  "Add the tenant to the issuer's 'tenants' in notifyd.yaml.");
    }
    cached.tenant = *tenant;
  } else if (issuer != nullptr) {
    cached.any_tenant = issuer->all_tenants;
    cached.issuer_tenants = issuer->tenants;
  }
  cached.own = own;
  cached.user = verified->subject;
  cached.roles = verified->roles;
  // Only an issuer that speaks for all tenants speaks for the platform, and never for one tenant.
  const bool platform = issuer != nullptr && issuer->all_tenants && !cached.tenant;
  if (cached.roles.Has(Role::kPlatformAdmin) && !platform) {
    return Fail(Errc::kIssuerNotAllowed, "The token's issuer may not make a platform-admin.",
                "Only an issuer with tenants: '*' may, in a token without a tenant.");
  }
  cached.expires_at = verified->expires_at;
  if (verified->issued_at) {
    cached.issued_ms = std::chrono::floor<std::chrono::milliseconds>(*verified->issued_at)
                           .time_since_epoch()
                           .count();
  }
  return {};
}

Status Authenticator::CheckRevoked(const CachedToken& cached, const Directory& directory) const {
  if (!cached.tenant) return {};
  if (cached.own) {
    const auto record = directory.Tenant(*cached.tenant);
    if (!record || record->epoch != cached.epoch)
      return BadCredential("The token's tenant is gone.");
  }
  const std::int64_t until = directory.RevokedUntil(*cached.tenant, cached.user);
  if (until != 0 && cached.issued_ms <= until)
    return BadCredential("The user's tokens were revoked.");
  return {};
}

void Authenticator::Remember(std::string digest, std::shared_ptr<const CachedToken> token) {
  if (cache_.size() >= kCachedTokens) {
    cache_.erase(cache_order_.front());
    cache_order_.pop_front();
  }
  cache_order_.push_back(digest);
  cache_.emplace(std::move(digest), std::move(token));
}

}  // namespace notify::agent::auth
