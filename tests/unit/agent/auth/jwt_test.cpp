#include "agent/auth/jwt.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/auth/jwks.hpp"
#include "agent/auth/roles.hpp"
#include "common/encoding.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/unit/agent/auth/forge.hpp"

namespace notify::agent::auth {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr std::string_view kHs256 = R"({"alg":"HS256","typ":"JWT"})";
constexpr std::string_view kRs256 = R"({"alg":"RS256","kid":"r1"})";
constexpr std::string_view kEs256 = R"({"alg":"ES256","kid":"e1"})";
// FakeClock begins at 1782820800.
constexpr std::string_view kClaims =
    R"({"iss":"id","aud":"notifyd","sub":"alice","tenant":"blue","roles":["viewer"],"exp":1782824400})";

/// Three issuers `id` of audience `notifyd`, one for each algorithm, and what is said to a token.
class JwtTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    rsa_ = new KeyPair(KeyPair::Rsa());
    ec_ = new KeyPair(KeyPair::Ec());
  }
  static void TearDownTestSuite() {
    delete rsa_;
    delete ec_;
  }

  IssuerRules Rules(std::vector<JwtAlgorithm> algorithms) const {
    IssuerRules rules;
    rules.issuer = "id";
    rules.audience = "notifyd";
    rules.algorithms = std::move(algorithms);
    rules.keys = {{"", hmac_},
                  {"r1", PublicKey::FromPem(rsa_->Pem()).value()},
                  {"e1", PublicKey::FromPem(ec_->Pem()).value()}};
    return rules;
  }
  /// `ok`, or the code and what is wrong.
  std::string Verdict(std::string_view token, const IssuerRules& rules) const {
    const auto parsed = ParseJwt(token);
    if (!parsed) return parsed.error().detail;
    const auto verified = VerifyJwt(*parsed, rules, clock_.WallNow());
    if (verified) return "ok";
    const auto& error = verified.error();
    return error.code == Errc::kTokenExpired ? "expired" : error.detail;
  }
  std::string Verdict(std::string_view token) const {
    return Verdict(token,
                   Rules({JwtAlgorithm::kHs256, JwtAlgorithm::kRs256, JwtAlgorithm::kEs256}));
  }
  std::string Signed(std::string_view claims) const { return SignHs256(claims, hmac_, ""); }
  VerifiedToken Verified(std::string_view claims) const {
    return VerifyJwt(ParseJwt(Signed(claims)).value(), Rules({JwtAlgorithm::kHs256}),
                     clock_.WallNow())
        .value();
  }
  /// The good claims with one member more, or with another value for it.
  static std::string With(std::string_view member) {
    std::string claims(kClaims);
    const auto name = member.substr(0, member.find(':'));
    if (const auto at = claims.find(std::string(name) + ":"); at != std::string::npos) {
      auto end = claims[at + name.size() + 1] == '[' ? claims.find(']', at) + 1
                                                     : claims.find_first_of(",}", at);
      return claims.replace(at, end - at, member);
    }
    return claims.insert(1, std::string(member) + ",");
  }
  static std::string RsaSigned(std::string_view header) {
    return Forge(header, kClaims, rsa_->Sign(Unsigned(header, kClaims)));
  }
  static std::string EcSigned(std::string_view header) {
    return Forge(header, kClaims, ec_->Sign(Unsigned(header, kClaims)));
  }

  static KeyPair* rsa_;
  static KeyPair* ec_;
  const HmacKey hmac_ = HmacKey::Make(Secret("a secret of more than 32 bytes in all")).value();
  testing_support::FakeClock clock_;
};

KeyPair* JwtTest::rsa_ = nullptr;
KeyPair* JwtTest::ec_ = nullptr;

const std::string kBadSignature = "The token's signature is not the issuer's.";
const std::string kBadAlgorithm = "The token's algorithm is not HS256, RS256 or ES256.";
const std::string kOwnRules = "The token's header brings its own key or rules.";
const std::string kOtherAlgorithm = "The issuer does not sign with this algorithm.";

TEST_F(JwtTest, TakesEachAlgorithm) {
  EXPECT_EQ(Verdict(Signed(kClaims)), "ok");
  EXPECT_EQ(Verdict(RsaSigned(kRs256)), "ok");
  EXPECT_EQ(Verdict(EcSigned(kEs256)), "ok");
}

TEST_F(JwtTest, TakesTheTokenOfTheSpecification) {
  // RFC 7515 A.1: a token that others made. Its claims have no `aud`, so only the signature counts.
  const auto key = HmacKey::Make(Secret(
      FromBase64Url(
          "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9"
          "CAow")
          .value()));
  auto rules = Rules({JwtAlgorithm::kHs256});
  rules.keys = {{"", key.value()}};
  rules.issuer = "joe";
  EXPECT_EQ(
      Verdict(
          "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAs"
          "DQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_"
          "wW1gFWFOEjXk",
          rules),
      "The token is for another audience.");
}

TEST_F(JwtTest, ReadsTheClaims) {
  const auto token = Verified(With(R"("jti":"j1","iat":1782820000)"));
  EXPECT_EQ(token.subject, "alice");
  EXPECT_EQ(token.tenant, "blue");
  EXPECT_EQ(token.roles, RoleSet(Role::kViewer));
  EXPECT_EQ(token.jti, "j1");
  EXPECT_EQ(token.expires_at, clock_.WallNow() + 1h);
  EXPECT_EQ(token.issued_at, clock_.WallNow() - 800s);
}

TEST_F(JwtTest, RefusesNone) {
  for (const auto* header : {R"({"alg":"none"})", R"({"alg":"None"})", R"({"alg":"NONE"})",
                             R"({"alg":""})", R"({"alg":null})", R"({})", R"({"alg":"hs256"})",
                             R"({"alg":"HS512"})", R"({"alg":["HS256"]})"}) {
    EXPECT_EQ(Verdict(Forge(header, kClaims, "")), kBadAlgorithm) << header;
    EXPECT_EQ(Verdict(Forge(header, kClaims, hmac_.Sign(Unsigned(header, kClaims)))),
              kBadAlgorithm);
  }
}

TEST_F(JwtTest, RefusesAPublicKeyUsedAsTheSecret) {
  const auto forged = Forge(kHs256, kClaims, HmacSha256(rsa_->Pem(), Unsigned(kHs256, kClaims)));
  EXPECT_EQ(Verdict(forged), kBadSignature);
  EXPECT_EQ(Verdict(forged, Rules({JwtAlgorithm::kRs256})), kOtherAlgorithm);
  EXPECT_FALSE(HmacKey::Make(Secret(rsa_->Pem())).has_value());
}

TEST_F(JwtTest, TheIssuersListDecidesNotTheToken) {
  EXPECT_EQ(Verdict(Signed(kClaims), Rules({JwtAlgorithm::kRs256, JwtAlgorithm::kEs256})),
            kOtherAlgorithm);
  EXPECT_EQ(Verdict(RsaSigned(kRs256), Rules({JwtAlgorithm::kEs256})), kOtherAlgorithm);
}

TEST_F(JwtTest, RefusesAHeaderThatBringsItsOwnKey) {
  for (const auto* member : {R"("jwk":{"kty":"oct","k":"AA"})", R"("jku":"https://evil/jwks")",
                             R"("x5u":"https://evil/cert")", R"("x5c":["AA"])", R"("crit":["exp"])",
                             R"("b64":false)", R"("zip":"DEF")"}) {
    const auto header = std::string(R"({"alg":"HS256",)") + member + "}";
    const auto forged = Forge(header, kClaims, hmac_.Sign(Unsigned(header, kClaims)));
    EXPECT_EQ(Verdict(forged), kOwnRules) << member;
  }
}

TEST_F(JwtTest, RefusesBlankAndForeignSignatures) {
  EXPECT_EQ(Verdict(Forge(kEs256, kClaims, std::string(64, '\0'))), kBadSignature);
  EXPECT_EQ(Verdict(Forge(kEs256, kClaims, std::string(32, '\1') + std::string(32, '\0'))),
            kBadSignature);
  EXPECT_EQ(Verdict(Forge(kEs256, kClaims, "")), kBadSignature);
  EXPECT_EQ(Verdict(Forge(kRs256, kClaims, std::string(256, '\0'))), kBadSignature);
  EXPECT_EQ(Verdict(Forge(kHs256, kClaims, "")), kBadSignature);
  EXPECT_EQ(Verdict(Forge(kHs256, kClaims, std::string(32, '\0'))), kBadSignature);
  const auto stranger = KeyPair::Ec();
  EXPECT_EQ(Verdict(Forge(kEs256, kClaims, stranger.Sign(Unsigned(kEs256, kClaims)))),
            kBadSignature);
}

TEST_F(JwtTest, RefusesSignaturesOfOtherLengths) {
  const auto signature = ec_->Sign(Unsigned(kEs256, kClaims));
  EXPECT_EQ(Verdict(Forge(kEs256, kClaims, signature + '\0')), kBadSignature);
  EXPECT_EQ(Verdict(Forge(kEs256, kClaims, signature.substr(0, 63))), kBadSignature);
  const auto mac = hmac_.Sign(Unsigned(kHs256, kClaims));
  EXPECT_EQ(Verdict(Forge(kHs256, kClaims, mac.substr(0, 16))), kBadSignature);
}

TEST_F(JwtTest, RefusesOneChangedBitAnywhere) {
  const auto good = Signed(kClaims);
  const auto rules = Rules({JwtAlgorithm::kHs256});
  for (std::size_t i = 0; i < good.size(); ++i) {
    auto forged = good;
    forged[i] = forged[i] == 'A' ? 'B' : 'A';
    EXPECT_NE(Verdict(forged, rules), "ok") << i;
  }
}

TEST_F(JwtTest, AKeyIsUsedForItsNameOnly) {
  EXPECT_EQ(Verdict(RsaSigned(R"({"alg":"RS256","kid":"other"})")), kBadSignature);
  EXPECT_EQ(Verdict(RsaSigned(R"({"alg":"RS256"})")), kBadSignature);
  EXPECT_EQ(Verdict(RsaSigned(R"({"alg":"ES256","kid":"r1"})")), kBadSignature);
}

TEST_F(JwtTest, RefusesWhatIsNotAToken) {
  for (const auto& text : {std::string(), std::string("a"), std::string(".."), std::string("a.b.c"),
                           Signed(kClaims) + ".x", Signed(kClaims) + "=", " " + Signed(kClaims),
                           std::string(20'000, 'a'), Forge("[]", kClaims, "x"),
                           Forge(kHs256, "[]", "x"), Forge(kHs256, "{} ", "x") + "\n"}) {
    EXPECT_FALSE(ParseJwt(text).has_value()) << text.substr(0, 40);
  }
}

TEST_F(JwtTest, RefusesAMemberThatStandsTwice) {
  EXPECT_THAT(Verdict(Signed(With(R"("sub":"bob","sub":"alice")"))), HasSubstr("unique members"));
  EXPECT_THAT(Verdict(Forge(R"({"alg":"none","alg":"HS256"})", kClaims, "x")),
              HasSubstr("unique members"));
}

TEST_F(JwtTest, RefusesDeepNesting) {
  const auto deep = With("\"x\":" + std::string(5000, '[') + std::string(5000, ']'));
  EXPECT_THAT(Verdict(Signed(deep)), HasSubstr("not a JSON object"));
}

TEST_F(JwtTest, AudienceAndIssuerMustFit) {
  EXPECT_EQ(Verdict(Signed(With(R"("aud":["x","notifyd"])"))), "ok");
  EXPECT_EQ(Verdict(Signed(With(R"("aud":["x"])"))), "The token is for another audience.");
  EXPECT_EQ(Verdict(Signed(With(R"("aud":7)"))), "The token is for another audience.");
  EXPECT_EQ(Verdict(Signed(With(R"("iss":"ID")"))), "The token is of another issuer.");
  EXPECT_EQ(Verdict(Signed(With(R"("iss":null)"))), "The token is of another issuer.");
}

TEST_F(JwtTest, ExpiryHasNoGrace) {
  EXPECT_EQ(Verdict(Signed(With(R"("exp":1782820801)"))), "ok");
  EXPECT_EQ(Verdict(Signed(With(R"("exp":1782820800)"))), "expired");
  EXPECT_EQ(Verdict(Signed(With(R"("exp":1782820799.9)"))), "expired");
}

TEST_F(JwtTest, AForgedTokenIsNeverCalledExpired) {
  const auto old = With(R"("exp":1)");
  EXPECT_EQ(Verdict(Forge(kHs256, old, "x")), kBadSignature);
}

TEST_F(JwtTest, TheFutureHasAMinuteOfGrace) {
  EXPECT_EQ(Verdict(Signed(With(R"("nbf":1782820860)"))), "ok");
  EXPECT_EQ(Verdict(Signed(With(R"("nbf":1782820861)"))), "The token is not valid yet.");
  EXPECT_EQ(Verdict(Signed(With(R"("iat":1782820860)"))), "ok");
  EXPECT_EQ(Verdict(Signed(With(R"("iat":1782820861)"))), "The token was issued in the future.");
}

TEST_F(JwtTest, TimesAreNumbersThatMakeSense) {
  for (const auto* exp : {R"("exp":"1782824400")", R"("exp":-1)", R"("exp":1e300)", R"("exp":null)",
                          R"("exp":true)"}) {
    EXPECT_EQ(Verdict(Signed(With(exp))), "The token's 'exp' is not a time.") << exp;
  }
  EXPECT_EQ(Verdict(Signed(R"({"iss":"id","aud":"notifyd","sub":"a"})")),
            "The token has no end ('exp').");
  EXPECT_EQ(Verdict(Signed(With(R"("exp":253402300799)"))), "ok");
}

TEST_F(JwtTest, ASubjectIsNeeded) {
  EXPECT_EQ(Verdict(Signed(With(R"("sub":"")"))), "The token has no subject ('sub').");
  EXPECT_EQ(Verdict(Signed(With(R"("sub":5)"))), "The token has no subject ('sub').");
}

TEST_F(JwtTest, RolesAreAListOrAText) {
  EXPECT_EQ(ToString(Verified(With(R"("roles":"viewer,publisher")")).roles), "viewer,publisher");
  EXPECT_EQ(ToString(Verified(With(R"("roles":["sales","publisher",7])")).roles), "publisher");
  EXPECT_EQ(ToString(Verified(R"({"iss":"id","aud":"notifyd","sub":"a","exp":1782824400})").roles),
            "subscriber");
}

TEST_F(JwtTest, AClaimWithoutARoleOfOursIsNotTheDefault) {
  for (const auto* roles :
       {R"("roles":[])", R"("roles":["root"])", R"("roles":"")", R"("roles":{})"}) {
    EXPECT_EQ(Verdict(Signed(With(roles))), "The token names no role that there is here.") << roles;
  }
}

TEST_F(JwtTest, ATenantIsAText) {
  EXPECT_EQ(Verdict(Signed(With(R"("tenant":5)"))), "The token's claim of a tenant is not a text.");
}

TEST_F(JwtTest, OtherNamesOfClaimsAreConfigured) {
  auto rules = Rules({JwtAlgorithm::kHs256});
  rules.tenant_claim = "https://x/org";
  rules.roles_claim = "groups";
  const auto token = Signed(With(R"("https://x/org":"green","groups":["publisher"])"));
  const auto verified = VerifyJwt(ParseJwt(token).value(), rules, clock_.WallNow()).value();
  EXPECT_EQ(verified.tenant, "green");
  EXPECT_EQ(verified.roles, RoleSet(Role::kPublisher));
}

TEST_F(JwtTest, OurOwnTokensAreReadBack) {
  VerifiedToken token{.issuer = "id", .subject = "al\"ice", .tenant = "blue"};
  token.roles.Add(Role::kPublisher);
  token.expires_at = clock_.WallNow() + 24h;
  token.issued_at = clock_.WallNow();
  token.jti = "j";
  const auto signed_token = SignHs256(ClaimsOf(token, "notifyd"), hmac_, "blue-1");
  const auto parsed = ParseJwt(signed_token).value();
  EXPECT_EQ(parsed.unverified_kid, "blue-1");
  EXPECT_EQ(parsed.unverified_issuer, "id");
  EXPECT_EQ(parsed.unverified_tenant, "blue");
  const auto back = VerifyJwt(parsed, Rules({JwtAlgorithm::kHs256}), clock_.WallNow()).value();
  EXPECT_EQ(back.subject, "al\"ice");
  EXPECT_EQ(back.roles, token.roles);
  EXPECT_EQ(back.expires_at, token.expires_at);
  EXPECT_EQ(back.jti, "j");
}

}  // namespace
}  // namespace notify::agent::auth
