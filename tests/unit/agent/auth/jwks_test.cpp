#include "agent/auth/jwks.hpp"

#include <gtest/gtest.h>

#include "common/encoding.hpp"
#include "tests/unit/agent/auth/forge.hpp"

namespace notify::agent::auth {
namespace {

std::string RsaJwk(const KeyPair& pair, const std::string& kid) {
  return R"({"kty":"RSA","kid":")" + kid + R"(","n":")" + ToBase64Url(pair.Number("n")) +
         R"(","e":")" + ToBase64Url(pair.Number("e")) + R"("})";
}

std::string EcJwk(const KeyPair& pair, const std::string& more) {
  return R"({"kty":"EC","crv":"P-256",)" + more + R"("x":")" + ToBase64Url(pair.Number("qx")) +
         R"(","y":")" + ToBase64Url(pair.Number("qy")) + R"("})";
}

TEST(Jwks, GivesTheKeysThatCanBeUsed) {
  const auto rsa = KeyPair::Rsa();
  const auto ec = KeyPair::Ec();
  const auto keys =
      ParseJwks(R"({"keys":[)" + RsaJwk(rsa, "r1") + "," + EcJwk(ec, R"("use":"sig",)") + "]}");
  ASSERT_EQ(keys->size(), 2U);
  EXPECT_EQ(keys->at(0).kid, "r1");
  EXPECT_TRUE(keys->at(0).Verify("m", rsa.Sign("m")));
  EXPECT_TRUE(keys->at(1).Verify("m", ec.Sign("m")));
}

TEST(Jwks, PassesOverSecretsAndKeysForOtherUses) {
  const auto ec = KeyPair::Ec();
  const auto keys = ParseJwks(R"({"keys":[{"kty":"oct","k":"AAAA"},5,{"kty":"OKP"},)" +
                              EcJwk(ec, R"("use":"enc",)") + "," + EcJwk(ec, "") + "]}");
  ASSERT_EQ(keys->size(), 1U);
}

TEST(Jwks, RefusesADocumentWithoutAKey) {
  for (const auto* text : {"", "[]", "{}", R"({"keys":{}})", R"({"keys":[]})",
                           R"({"keys":[{"kty":"oct","k":"AAAA"}]})"}) {
    EXPECT_FALSE(ParseJwks(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace notify::agent::auth
