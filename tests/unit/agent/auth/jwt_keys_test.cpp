#include "agent/auth/jwt_keys.hpp"

#include <gtest/gtest.h>

#include <type_traits>

#include "common/encoding.hpp"
#include "tests/unit/agent/auth/forge.hpp"

namespace notify::agent::auth {
namespace {

static_assert(!std::is_constructible_v<HmacKey, PublicKey>, "a public key is never a secret");
static_assert(!std::is_convertible_v<PublicKey, HmacKey>, "a public key is never a secret");

TEST(HmacKey, IsLongAndSecret) {
  EXPECT_TRUE(HmacKey::Make(Secret(std::string(32, 'x'))).has_value());
  EXPECT_FALSE(HmacKey::Make(Secret(std::string(31, 'x'))).has_value());
  EXPECT_FALSE(HmacKey::Make(Secret(KeyPair::Ec().PrivatePem())).has_value());
}

TEST(PublicKey, SaysItsAlgorithmItself) {
  EXPECT_EQ(PublicKey::FromPem(KeyPair::Rsa().Pem())->algorithm(), JwtAlgorithm::kRs256);
  EXPECT_EQ(PublicKey::FromPem(KeyPair::Ec().Pem())->algorithm(), JwtAlgorithm::kEs256);
}

TEST(PublicKey, RefusesWeakAndForeignKeys) {
  EXPECT_FALSE(PublicKey::FromPem(KeyPair::Rsa(1024).Pem()).has_value());
  EXPECT_FALSE(PublicKey::FromPem(KeyPair::Ec("P-384").Pem()).has_value());
  EXPECT_FALSE(PublicKey::FromPem(KeyPair::Ec().PrivatePem()).has_value());
  EXPECT_FALSE(PublicKey::FromPem("").has_value());
  EXPECT_FALSE(PublicKey::FromPem("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")
                   .has_value());
}

TEST(PublicKey, VerifiesWhatTheOtherHalfSigned) {
  const auto pair = KeyPair::Ec();
  const auto key = PublicKey::FromPem(pair.Pem()).value();
  EXPECT_TRUE(key.Verify("message", pair.Sign("message")));
  EXPECT_FALSE(key.Verify("massage", pair.Sign("message")));
}

TEST(PublicKey, IsMadeOfTheNumbersOfAJwk) {
  const auto rsa = KeyPair::Rsa();
  EXPECT_TRUE(PublicKey::FromRsa(rsa.Number("n"), rsa.Number("e"))->Verify("m", rsa.Sign("m")));
  const auto ec = KeyPair::Ec();
  EXPECT_TRUE(PublicKey::FromP256(ec.Number("qx"), ec.Number("qy"))->Verify("m", ec.Sign("m")));
}

TEST(PublicKey, RefusesNumbersThatMakeNoKey) {
  const auto ec = KeyPair::Ec();
  EXPECT_FALSE(PublicKey::FromP256(ec.Number("qx"), std::string(32, '\1')).has_value());
  EXPECT_FALSE(PublicKey::FromP256("", "").has_value());
  EXPECT_FALSE(PublicKey::FromP256(std::string(32, '\0'), std::string(32, '\0')).has_value());
  EXPECT_FALSE(PublicKey::FromRsa("", "").has_value());
  EXPECT_FALSE(PublicKey::FromRsa(std::string(256, '\xFF'), "\1").has_value());
  EXPECT_FALSE(
      PublicKey::FromRsa(std::string(128, '\xFF'), std::string_view("\1\0\1", 3)).has_value());
}

}  // namespace
}  // namespace notify::agent::auth
