#include "agent/store/aead.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/seeded_random.hpp"

namespace notify::agent::store {
namespace {

class AeadTest : public testing::Test {
 protected:
  std::string Sealed(std::string_view plain, std::string_view aad = "place") {
    std::string out;
    aead_.Seal(random_, aad, plain, out);
    return out;
  }
  /// The plain text, or `refused`.
  std::string Opened(std::string_view sealed, std::string_view aad = "place") {
    std::string plain = "left over";
    if (aead_.Open(aad, sealed, plain)) return plain;
    return plain.empty() ? "refused" : "refused, but showed " + plain;
  }

  testing_support::SeededRandom random_;
  Aead aead_{Secret(std::string(32, 'k'))};
};

TEST_F(AeadTest, OpensWhatItSealed) {
  for (const std::size_t size : {0U, 1U, 15U, 16U, 4096U, 262'144U}) {
    const std::string plain(size, 'x');
    EXPECT_EQ(Opened(Sealed(plain)), plain);
    EXPECT_EQ(Sealed(plain).size(), size + Aead::kOverhead);
  }
}

TEST_F(AeadTest, AppendsAndShowsNothingOfThePlainText) {
  std::string out = "header";
  aead_.Seal(random_, "", "a secret of some length", out);
  EXPECT_TRUE(out.starts_with("header"));
  EXPECT_EQ(out.find("secret"), std::string::npos);
  EXPECT_EQ(Opened(std::string_view(out).substr(6), ""), "a secret of some length");
}

TEST_F(AeadTest, AnyChangedBitIsRefused) {
  const std::string sealed = Sealed("16 bytes of text");
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_EQ(Opened(changed), "refused") << i;
  }
}

TEST_F(AeadTest, TruncatedAndEmptyAreRefused) {
  const std::string sealed = Sealed("text");
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_EQ(Opened(sealed.substr(0, size)), "refused");
  }
}

TEST_F(AeadTest, MovedToAnotherPlaceIsRefused) {
  EXPECT_EQ(Opened(Sealed("text", "blue"), "green"), "refused");
  EXPECT_EQ(Opened(Sealed("text", "blue"), ""), "refused");
}

TEST_F(AeadTest, AnotherKeyIsRefused) {
  Aead other(Secret(std::string(32, 'j')));
  std::string plain;
  EXPECT_EQ(other.Open("place", Sealed("text"), plain).error().code, Errc::kInvalidArgument);
}

TEST_F(AeadTest, StillWorksAfterARefusal) {
  const std::string sealed = Sealed("text");
  EXPECT_EQ(Opened("too short"), "refused");
  EXPECT_EQ(Opened(sealed), "text");
}

TEST_F(AeadTest, NoNonceTwice) {
  std::set<std::string> nonces;
  for (int i = 0; i < 1000; ++i) nonces.insert(Sealed("same").substr(0, Aead::kNonceBytes));
  EXPECT_EQ(nonces.size(), 1000U);
}

// NIST SP 800-38D test case 16 (AES-256, 60 bytes of text, 20 of associated data).
TEST(Aead, OpensThePublishedVector) {
  const auto bytes = [](std::string_view hex) {
    std::string out;
    for (std::size_t i = 0; i < hex.size(); i += 2) {
      out += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
    }
    return out;
  };
  Aead aead(Secret(bytes("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308")));
  const std::string sealed = bytes("cafebabefacedbaddecaf888") +
                             bytes(
                                 "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                                 "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662") +
                             bytes("76fc6ece0f4e1768cddf8853bb2d551b");
  std::string plain;
  ASSERT_TRUE(aead.Open(bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2"), sealed, plain));
  EXPECT_EQ(plain, bytes("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                         "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"));
}

}  // namespace
}  // namespace notify::agent::store
