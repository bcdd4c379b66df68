#include "agent/auth/issuers.hpp"

#include <algorithm>
#include <utility>

#include "agent/auth/jwks.hpp"
#include "agent/store/key_source.hpp"

namespace notify::agent::auth {
namespace {

constexpr std::uint64_t kMaxKeyFile = 256 << 10;

Error BadKey(const IssuerConfig& config, const Error& why) {
  return Fail(Errc::kInvalidConfig,
              "The key of issuer '" + config.issuer + "' cannot be used: " + why.detail,
              "Check 'issuers' in notifyd.yaml, line " + std::to_string(config.line) + ".");
}

Result<std::vector<VerificationKey>> KeysOf(const IssuerConfig& config, async::FileSystem& files) {
  std::vector<VerificationKey> keys;
  if (!config.secret.empty()) {
    auto bytes = store::ReadKeySource(config.secret, files);
    if (!bytes) return BadKey(config, bytes.error());
    auto key = HmacKey::Make(std::move(*bytes));
    if (!key) return BadKey(config, key.error());
    keys.push_back({"", std::move(*key)});
  }
  if (!config.key.empty()) {
    auto pem = store::ReadKeySource(config.key, files);
    if (!pem) return BadKey(config, pem.error());
    auto key = PublicKey::FromPem(pem->Reveal());
    if (!key) return BadKey(config, key.error());
    keys.push_back({"", std::move(*key)});
  }
  if (!config.jwks_file.empty()) {
    const auto text = files.ReadAll(config.jwks_file, kMaxKeyFile);
    if (!text) return BadKey(config, text.error());
    auto set = ParseJwks(*text);
    if (!set) return BadKey(config, set.error());
    std::ranges::move(*set, std::back_inserter(keys));
  }
  return keys;
}

}  // namespace

bool Issuer::Covers(const TenantId& tenant) const {
  return all_tenants || (tenants && std::ranges::find(*tenants, tenant) != tenants->end());
}

Result<Issuers> Issuers::Load(const std::vector<IssuerConfig>& configured,
                              async::FileSystem& files) {
  Issuers loaded;
  for (const IssuerConfig& config : configured) {
    auto keys = KeysOf(config, files);
    if (!keys) return keys.error();
    Issuer issuer;
    issuer.rules = {config.issuer,    config.audience,     config.algorithms,
                    std::move(*keys), config.tenant_claim, config.roles_claim};
    issuer.all_tenants = config.tenants.all;
    issuer.tenants = std::make_shared<const std::vector<TenantId>>(config.tenants.tenants);
    loaded.issuers_.push_back(std::move(issuer));
  }
  return loaded;
}

const Issuer* Issuers::Find(std::string_view issuer) const {
  const auto found = std::ranges::find_if(
      issuers_, [issuer](const Issuer& candidate) { return candidate.rules.issuer == issuer; });
  return found == issuers_.end() ? nullptr : &*found;
}

}  // namespace notify::agent::auth
