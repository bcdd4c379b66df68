#include "common/encoding.hpp"

#include <gtest/gtest.h>

namespace notify {
namespace {

TEST(Encoding, Base64UrlHasNoPaddingAndIsUrlSafe) {
  EXPECT_EQ(ToBase64Url("\xfb\xff"), "-_8");
  EXPECT_EQ(FromBase64Url("-_8"), "\xfb\xff");
}

TEST(Encoding, Base64AgreesWithTheExamplesOfRfc4648) {
  EXPECT_EQ(ToBase64("foob"), "Zm9vYg==");
  EXPECT_EQ(FromBase64("Zm9vYg=="), "foob");
  EXPECT_EQ(ToBase64("fooba"), "Zm9vYmE=");
}

TEST(Encoding, EachByteStringHasOneText) {
  EXPECT_FALSE(FromBase64Url("-_9").has_value());
  EXPECT_FALSE(FromBase64("Zm9vYh==").has_value());
  EXPECT_FALSE(FromBase64Url("a").has_value());
  EXPECT_FALSE(FromBase64Url("ab=").has_value());
}

TEST(Encoding, Sha256AgreesWithFips180) {
  EXPECT_EQ(ToHex(Sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Encoding, HmacAgreesWithRfc4231) {
  EXPECT_EQ(ToHex(HmacSha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

}  // namespace
}  // namespace notify
