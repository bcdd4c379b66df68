#include "agent/auth/jwks.hpp"

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "agent/auth/json_object.hpp"
#include "common/encoding.hpp"

namespace notify::agent::auth {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxDocument = 256U << 10;
constexpr std::size_t kMaxKeys = 64;

std::string TextOf(const Json& key, const char* name) {
  const auto member = key.find(name);
  return member != key.end() && member->is_string() ? member->get<std::string>() : std::string();
}

std::optional<PublicKey> KeyOf(const Json& jwk) {
  const auto use = TextOf(jwk, "use");
  if (!use.empty() && use != "sig") return std::nullopt;
  const auto bytes = [&](const char* name) {
    return FromBase64Url(TextOf(jwk, name)).value_or(std::string());
  };
  const auto usable = [](Result<PublicKey> key) {
    return key ? std::optional<PublicKey>(std::move(*key)) : std::nullopt;
  };
  const auto kty = TextOf(jwk, "kty");
  if (kty == "RSA") return usable(PublicKey::FromRsa(bytes("n"), bytes("e")));
  if (kty == "EC" && TextOf(jwk, "crv") == "P-256") {
    return usable(PublicKey::FromP256(bytes("x"), bytes("y")));
  }
  return std::nullopt;
}

}  // namespace

Result<std::vector<VerificationKey>> ParseJwks(std::string_view json) {
  if (json.size() > kMaxDocument) {
    return Fail(Errc::kInvalidArgument, "A JWKS document has at most 256 KiB.");
  }
  const auto document = ParseStrictObject(json);
  const auto list = document.is_object() ? document.find("keys") : document.end();
  if (!document.is_object() || list == document.end() || !list->is_array()) {
    return Fail(Errc::kInvalidArgument, "This is not a JWKS document: it has no list 'keys'.");
  }
  std::vector<VerificationKey> keys;
  for (const Json& jwk : *list) {
    if (!jwk.is_object() || keys.size() == kMaxKeys) continue;
    if (auto key = KeyOf(jwk)) keys.push_back({TextOf(jwk, "kid"), std::move(*key)});
  }
  if (keys.empty()) {
    return Fail(Errc::kInvalidArgument,
                "The JWKS document has no key for RS256 (2048 bits or more) or ES256 (P-256).");
  }
  return keys;
}

}  // namespace notify::agent::auth
