#include "agent/tenant/legal_holds.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/tenant/handle_issuer.hpp"
#include "tests/support/recording_audit.hpp"
#include "tests/unit/agent/tenant/platform.hpp"

namespace notify::agent::tenant {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class LegalHoldsTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(platform_.Create("blue"));
    ASSERT_TRUE(platform_.Create("green"));
  }
  std::vector<HeldEvents> HeldBy(const std::string& tenant) {
    LegalHolds holds(*platform_.runtime, *platform_.directory);
    testing_support::RecordingAudit audit;
    return *platform_.runtime->Run(holds.HeldBy(
        HandleIssuer::ForPlatform(platform_.Find(tenant.c_str()), "test.open", audit)));
  }
  void Set(const std::string& tenant, const std::string& reason) {
    const auto set = platform_.runtime->Run(platform_.registry->Update(
        *TenantId::Parse(tenant), R"({"config":{"retention.legal_hold":)" + reason + "}}"));
    ASSERT_TRUE(set.has_value()) << set.error().detail;
  }

  Platform platform_;
};

TEST_F(LegalHoldsTest, AHoldKeepsAllOfItsTenantsLogAndNobodyElses) {
  EXPECT_THAT(HeldBy("blue"), IsEmpty());
  Set("blue", R"("case 7")");
  ASSERT_THAT(HeldBy("blue"), SizeIs(1));
  EXPECT_EQ(HeldBy("blue")[0].holder, "legal hold (case 7)");
  EXPECT_EQ(HeldBy("blue")[0].after.sequence.value, 0U);
  EXPECT_THAT(HeldBy("green"), IsEmpty());
}

TEST_F(LegalHoldsTest, AHoldOutlivesAPowerCutAndEndsWhenItIsReleased) {
  Set("blue", R"("case 7")");
  platform_.PowerCut();
  EXPECT_THAT(HeldBy("blue"), SizeIs(1));
  Set("blue", "null");
  EXPECT_THAT(HeldBy("blue"), IsEmpty());
}

}  // namespace
}  // namespace notify::agent::tenant
