#include "agent/auth/jwt.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <nlohmann/json.hpp>

#include "agent/auth/json_object.hpp"
#include "agent/auth/roles.hpp"
#include "common/encoding.hpp"

namespace notify::agent::auth {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxToken = 16U << 10;
constexpr std::size_t kMaxTries = 16;
constexpr std::size_t kMaxSubject = 255;
constexpr double kMaxTime = 253'402'300'799.0;  // The end of the year 9999.
constexpr auto kSkew = std::chrono::seconds(60);

Error Invalid(std::string detail) {
  return Fail(Errc::kTokenInvalid, std::move(detail),
              "notifyctl token create --tenant TENANT --user USER");
}

std::optional<JwtAlgorithm> AlgorithmFromName(std::string_view name) {
  if (name == "HS256") return JwtAlgorithm::kHs256;
  if (name == "RS256") return JwtAlgorithm::kRs256;
  if (name == "ES256") return JwtAlgorithm::kEs256;
  return std::nullopt;
}

// The text of a member; empty where it is absent or not a text.
std::string TextOf(const Json& object, const std::string& name) {
  const auto member = object.find(name);
  return member != object.end() && member->is_string() ? member->get<std::string>() : std::string();
}

// Header members by which a token would bring or name its own key, or change what its parts mean.
bool BringsItsOwnRules(const Json& header) {
  constexpr std::array<const char*, 7> kRefused = {"crit", "jwk", "jku", "x5u",
                                                   "x5c",  "b64", "zip"};
  return std::ranges::any_of(kRefused, [&](const char* name) { return header.contains(name); });
}

/// The claims of a token whose signature holds, read one by one.
class Claims {
 public:
  Claims(const Json& json, const IssuerRules& rules, Clock::WallTime now)
      : json_(json), rules_(rules), now_(now) {}

  Result<VerifiedToken> Read() {
    VerifiedToken token;
    token.issuer = TextOf(json_, "iss");
    if (token.issuer != rules_.issuer) return Invalid("The token is of another issuer.");
    if (!HasAudience()) return Invalid("The token is for another audience.");
    token.subject = TextOf(json_, "sub");
    if (token.subject.empty() || token.subject.size() > kMaxSubject) {
      return Invalid("The token has no subject ('sub').");
    }
    token.jti = TextOf(json_, "jti");
    if (auto done = ReadTenant(token); !done) return done.error();
    if (auto done = ReadRoles(token); !done) return done.error();
    if (auto done = ReadTimes(token); !done) return done.error();
    return token;
  }

 private:
  bool HasAudience() const {
    const auto aud = json_.find("aud");
    if (aud == json_.end()) return false;
    if (aud->is_string()) return aud->get_ref<const std::string&>() == rules_.audience;
    return aud->is_array() && std::ranges::any_of(*aud, [&](const Json& one) {
             return one.is_string() && one.get_ref<const std::string&>() == rules_.audience;
           });
  }

  Status ReadTenant(VerifiedToken& token) const {
    const auto claim = json_.find(rules_.tenant_claim);
    if (claim == json_.end()) return {};
    if (!claim->is_string()) return Invalid("The token's claim of a tenant is not a text.");
    token.tenant = claim->get<std::string>();
    return {};
  }

  // What another application calls a role is passed over; a claim that names none of ours is
  // refused rather than taken for the default.
  Status ReadRoles(VerifiedToken& token) const {
    const auto claim = json_.find(rules_.roles_claim);
    if (claim == json_.end()) {
      token.roles = Role::kSubscriber;
      return {};
    }
    const auto add = [&](std::string_view word) {
      if (const auto role = RoleFromString(word)) token.roles.Add(*role);
    };
    if (claim->is_string()) {
      std::string_view rest = claim->get_ref<const std::string&>();
      while (!rest.empty()) {
        const auto end = std::min(rest.find_first_of(", "), rest.size());
        add(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
    } else if (claim->is_array()) {
      for (const Json& word : *claim) {
        if (word.is_string()) add(word.get_ref<const std::string&>());
      }
    }
    if (token.roles.empty()) return Invalid("The token names no role that there is here.");
    return {};
  }

  Status ReadTimes(VerifiedToken& token) const {
    for (const char* name : {"exp", "nbf", "iat"}) {
      if (json_.contains(name) && !TimeOf(name)) {
        return Invalid("The token's '" + std::string(name) + "' is not a time.");
      }
    }
    const auto expires = TimeOf("exp");
    const auto not_before = TimeOf("nbf");
    token.issued_at = TimeOf("iat");
    if (!expires) return Invalid("The token has no end ('exp').");
    if (not_before && *not_before > now_ + kSkew) return Invalid("The token is not valid yet.");
    if (token.issued_at && *token.issued_at > now_ + kSkew) {
      return Invalid("The token was issued in the future.");
    }
    token.expires_at = *expires;
    if (*expires <= now_) {
      return Fail(Errc::kTokenExpired, "The token has expired.",
                  "notifyctl token create --tenant TENANT --user USER");
    }
    return {};
  }

  // NumericDate (RFC 7519 2): seconds, with or without a fraction.
  std::optional<Clock::WallTime> TimeOf(const char* name) const {
    const auto claim = json_.find(name);
    if (claim == json_.end() || !claim->is_number()) return std::nullopt;
    const double seconds = claim->get<double>();
    if (!(seconds >= 0 && seconds <= kMaxTime)) return std::nullopt;
    // Clock::WallTime counts nanoseconds in 64 bits and ends in 2262: later is then.
    constexpr double kLast = 9'223'372'036.0;
    return Clock::WallTime(std::chrono::duration_cast<Clock::Duration>(
        std::chrono::duration<double>(std::min(seconds, kLast))));
  }

  const Json& json_;
  const IssuerRules& rules_;
  const Clock::WallTime now_;
};

}  // namespace

Result<ParsedJwt> ParseJwt(std::string_view token) {
  if (token.size() > kMaxToken) return Invalid("The token is longer than 16 KiB.");
  const auto first = token.find('.');
  const auto second = first == token.npos ? token.npos : token.find('.', first + 1);
  if (second == token.npos || token.find('.', second + 1) != token.npos) {
    return Invalid("This is neither an API key nor a token.");
  }
  const auto header_text = FromBase64Url(token.substr(0, first));
  auto payload = FromBase64Url(token.substr(first + 1, second - first - 1));
  auto signature = FromBase64Url(token.substr(second + 1));
  if (!header_text || !payload || !signature) return Invalid("The token is not base64url.");
  const auto header = ParseStrictObject(*header_text);
  const auto claims = ParseStrictObject(*payload);
  if (!header.is_object() || !claims.is_object()) {
    return Invalid("The token's header or its claims are not a JSON object with unique members.");
  }
  if (BringsItsOwnRules(header)) return Invalid("The token's header brings its own key or rules.");
  const auto algorithm = AlgorithmFromName(TextOf(header, "alg"));
  if (!algorithm) return Invalid("The token's algorithm is not HS256, RS256 or ES256.");

  ParsedJwt parsed{.algorithm = *algorithm};
  parsed.unverified_kid = TextOf(header, "kid");
  parsed.unverified_issuer = TextOf(claims, "iss");
  parsed.unverified_tenant = TextOf(claims, "tenant");
  parsed.signing_input = token.substr(0, second);
  parsed.signature = std::move(*signature);
  parsed.payload = std::move(*payload);
  return parsed;
}

Result<VerifiedToken> VerifyJwt(const ParsedJwt& token, const IssuerRules& rules,
                                Clock::WallTime now) {
  if (std::ranges::find(rules.algorithms, token.algorithm) == rules.algorithms.end()) {
    return Invalid("The issuer does not sign with this algorithm.");
  }
  std::size_t tries = 0;
  const bool holds = std::ranges::any_of(rules.keys, [&](const VerificationKey& key) {
    const bool named = key.kid.empty() || key.kid == token.unverified_kid;
    if (!named || key.algorithm() != token.algorithm || ++tries > kMaxTries) return false;
    return key.Verify(token.signing_input, token.signature);
  });
  if (!holds) return Invalid("The token's signature is not the issuer's.");
  const auto claims = ParseStrictObject(token.payload);
  if (!claims.is_object()) return Invalid("The token's claims are not a JSON object.");
  return Claims(claims, rules, now).Read();
}

std::string ClaimsOf(const VerifiedToken& token, std::string_view audience) {
  const auto seconds = [](Clock::WallTime time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  };
  Json claims = {{"iss", token.issuer},
                 {"aud", audience},
                 {"sub", token.subject},
                 {"exp", seconds(token.expires_at)}};
  Json roles = Json::array();
  for (const auto role : {Role::kSubscriber, Role::kViewer, Role::kPublisher, Role::kTenantAdmin,
                          Role::kPlatformAdmin}) {
    if (token.roles.Has(role)) roles.push_back(ToString(role));
  }
  if (!roles.empty()) claims["roles"] = std::move(roles);
  if (token.tenant) claims["tenant"] = *token.tenant;
  if (!token.jti.empty()) claims["jti"] = token.jti;
  if (token.issued_at) claims["iat"] = seconds(*token.issued_at);
  return claims.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string SignHs256(std::string_view claims, const HmacKey& key, std::string_view kid) {
  Json header = {{"alg", "HS256"}, {"typ", "JWT"}};
  if (!kid.empty()) header["kid"] = kid;
  const auto header_text = header.dump(-1, ' ', false, Json::error_handler_t::replace);
  auto token = ToBase64Url(header_text) + "." + ToBase64Url(claims);
  token += "." + ToBase64Url(key.Sign(token));
  return token;
}

}  // namespace notify::agent::auth
