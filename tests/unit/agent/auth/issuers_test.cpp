#include "agent/auth/issuers.hpp"

#include <gtest/gtest.h>

#include "tests/support/sim/sim_disk.hpp"
#include "tests/unit/agent/auth/forge.hpp"

namespace notify::agent::auth {
namespace {

class IssuersTest : public testing::Test {
 protected:
  IssuersTest() {
    EXPECT_TRUE(disk_.MakeFolder("/etc"));
    config_.issuer = "https://login.example.com";
    config_.audience = "notify";
    config_.algorithms = {JwtAlgorithm::kRs256};
    config_.key = *KeySource::Parse("file:/etc/issuer.pem");
    config_.line = 12;
  }
  void WriteKey(const std::string& text) {
    ASSERT_TRUE(disk_.WriteDurably("/etc/issuer.pem", text));
  }
  Result<Issuers> Load() { return Issuers::Load({config_}, disk_); }

  testing_support::sim::SimDisk disk_;
  IssuerConfig config_;
};

TEST_F(IssuersTest, ReadsAnIssuersKey) {
  WriteKey(KeyPair::Rsa().Pem());
  const auto issuers = Load();
  ASSERT_TRUE(issuers) << issuers.error().detail;
  ASSERT_NE(issuers->Find("https://login.example.com"), nullptr);
  EXPECT_EQ(issuers->Find("https://login.example.com")->rules.keys.size(), 1U);
  EXPECT_EQ(issuers->Find("https://login.example.com/"), nullptr);
}

TEST_F(IssuersTest, AKeyThatIsMissingOrNoneStopsTheStartAndNamesTheLine) {
  for (const char* text : {"", "rubbish"}) {
    if (*text != '\0') WriteKey(text);
    const auto issuers = Load();
    ASSERT_FALSE(issuers);
    EXPECT_EQ(issuers.error().code, Errc::kInvalidConfig);
    EXPECT_NE(issuers.error().hint.find("line 12"), std::string::npos);
  }
}

TEST_F(IssuersTest, CoversTheTenantsThatAreListed) {
  WriteKey(KeyPair::Rsa().Pem());
  config_.tenants.tenants = {TenantId::Parse("blue").value()};
  const auto issuers = Load();
  const Issuer* issuer = issuers->Find(config_.issuer);
  EXPECT_TRUE(issuer->Covers(TenantId::Parse("blue").value()));
  EXPECT_FALSE(issuer->Covers(TenantId::Parse("green").value()));
}

}  // namespace
}  // namespace notify::agent::auth
