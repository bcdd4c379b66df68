#include "agent/auth/mint.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "agent/auth/api_key.hpp"
#include "agent/auth/authenticator.hpp"
#include "agent/auth/jwt.hpp"
#include "agent/auth/roles.hpp"
#include "common/ids.hpp"
#include "common/utf8.hpp"

namespace notify::agent::auth {
namespace {

using std::chrono::seconds;

constexpr std::size_t kLongestUser = 256;
constexpr std::int64_t kLongestTtl = 24 * 3600;

bool IsUser(std::string_view user) {
  return !user.empty() && user.size() <= kLongestUser && IsUtf8(user) &&
         std::ranges::none_of(
             user, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

}  // namespace

Status Mint::CheckGrant(RoleSet granter, RoleSet granted, bool for_tenant) {
  if (granted.empty()) {
    return Fail(Errc::kInvalidArgument, "A key or a token needs a role.",
                "Roles are subscriber, viewer, publisher, tenant-admin.");
  }
  if (!MayGrant(granter, granted)) {
    return Fail(
        Errc::kForbidden,
        "Who has the role " + ToString(granter) + " may not give " + ToString(granted) + ".",
        "Ask somebody who has these roles.");
  }
  if (for_tenant && granted.Has(Role::kPlatformAdmin)) {
    return Fail(
        Errc::kInvalidArgument,
        "The role platform-admin is the platform's: a tenant's key or token cannot have it.",
        "Use tenant-admin, or make a key of the platform.");
  }
  return {};
}

MintedKey Mint::NewKey(std::string_view owner, bool first) {
  MintedKey minted;
  minted.id = first ? std::string(owner) : NewApiKeyId(owner, random_);
  minted.key = NewApiKey(minted.id, random_);
  minted.digest = ApiKeyDigest(minted.key.Reveal());
  return minted;
}

Result<MintedToken> Mint::NewToken(const TenantHandle& tenant, const TokenDraft& draft) {
  if (!IsUser(draft.user)) {
    return Fail(Errc::kInvalidArgument,
                "The user of a token is 1 to 256 bytes of text without control characters.");
  }
  if (draft.ttl_seconds < 1 || draft.ttl_seconds > kLongestTtl) {
    return Fail(Errc::kInvalidArgument, "A token lives from 1 second to 24 hours.",
                "Use --ttl 1h.");
  }
  auto key = HmacKey::Make(tenant.record().token_key);
  if (!key) return key.error();
  // `iat` has whole seconds: after a revocation the next second counts, so that the new token is
  // not taken for one of before.
  auto issued = std::chrono::floor<seconds>(clock_.WallNow());
  const std::chrono::sys_time<std::chrono::milliseconds> revoked{
      std::chrono::milliseconds(draft.issued_after_ms)};
  if (issued <= revoked) issued = std::chrono::floor<seconds>(revoked) + seconds(1);

  VerifiedToken token;
  token.issuer = kOwnIssuer;
  token.subject = draft.user;
  token.tenant = tenant.id().text();
  token.roles = draft.roles;
  token.jti = NewUuid7(clock_, random_);
  token.issued_at = issued;
  token.expires_at = issued + seconds(draft.ttl_seconds);

  MintedToken minted;
  minted.token = SignHs256(ClaimsOf(token, kOwnAudience), *key, tenant.id().text() + ".1");
  minted.user = token.subject;
  minted.roles = token.roles;
  minted.jti = token.jti;
  minted.expires_ms =
      std::chrono::floor<std::chrono::milliseconds>(token.expires_at).time_since_epoch().count();
  return minted;
}

}  // namespace notify::agent::auth
