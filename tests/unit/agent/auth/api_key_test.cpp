#include "agent/auth/api_key.hpp"

#include <gtest/gtest.h>

#include "tests/support/seeded_random.hpp"

namespace notify::agent::auth {
namespace {

const std::string kSecret(43, 's');

TEST(ApiKey, IsSplitAtTheLast43) {
  const std::string text = "nk_blue_1_" + kSecret;
  const auto parts = ParseApiKey(text);
  ASSERT_TRUE(parts.has_value());
  EXPECT_EQ(parts->id, "blue_1");
  EXPECT_EQ(parts->secret, kSecret);
}

TEST(ApiKey, ASecretMayHaveUnderscores) {
  const std::string secret = "_a_" + std::string(40, '_');
  const std::string text = "nk_platform_" + secret;
  EXPECT_EQ(ParseApiKey(text)->id, "platform");
  EXPECT_EQ(ParseApiKey(text)->secret, secret);
}

TEST(ApiKey, RefusesWhatIsNone) {
  for (const auto& text :
       {std::string(), "nk_" + kSecret, "nk__" + kSecret, "nk_a" + kSecret, "nx_a_" + kSecret,
        "nk_a_" + kSecret.substr(1), "nk_a b_" + kSecret, "nk_a_" + kSecret + " ",
        "nk_a_" + kSecret.substr(1) + "=", "nk_" + std::string(65, 'a') + "_" + kSecret}) {
    EXPECT_FALSE(ParseApiKey(text).has_value()) << text;
  }
}

TEST(ApiKey, ANewOneIsItsOwnAndRead) {
  testing_support::SeededRandom random;
  const auto first = NewApiKey("blue-1", random);
  const auto second = NewApiKey("blue-1", random);
  EXPECT_EQ(ParseApiKey(first.Reveal())->id, "blue-1");
  EXPECT_FALSE(first.Equals(second.Reveal()));
}

TEST(ApiKey, ANewIdNamesTheTenant) {
  testing_support::SeededRandom random;
  const auto id = NewApiKeyId("blue", random);
  EXPECT_EQ(id.size(), 13U);
  EXPECT_TRUE(id.starts_with("blue-"));
  EXPECT_NE(id, NewApiKeyId("blue", random));
}

TEST(ApiKey, OnlyTheDigestIsKept) {
  const std::string key = "nk_blue_" + kSecret;
  const auto digest = ApiKeyDigest(key);
  EXPECT_EQ(digest.size(), 32U);
  EXPECT_TRUE(IsApiKeyOf(key, digest));
  EXPECT_FALSE(IsApiKeyOf("nk_green_" + kSecret, digest));
  EXPECT_FALSE(IsApiKeyOf(key, ""));
}

}  // namespace
}  // namespace notify::agent::auth
