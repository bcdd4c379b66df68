#include "agent/quota/head_counts.hpp"

#include <gtest/gtest.h>

#include "agent/quota/rate_gate.hpp"
#include "tests/support/sim/sim_runtime.hpp"

namespace notify::agent::quota {
namespace {

class HeadCountsTest : public testing::Test {
 protected:
  Result<HeadSlot> Take(const std::string& user, const std::string& address,
                        const std::string& tenant = "blue") {
    return runtime_.Run(counts_.Take(TenantId::Parse(tenant).value(), user, address),
                        &runtime_.io(1).executor());
  }
  Status Check(const std::string& user, const std::string& address) {
    return runtime_.Run(counts_.Check(TenantId::Parse("blue").value(), user, address));
  }

  testing_support::sim::SimDisk disk_;
  testing_support::sim::SimRuntime runtime_{{.seed = 1}, disk_};
  HeadCounts counts_{runtime_.io(0).executor(),
                     {.per_user = {.soft = 1, .hard = 2}, .per_address = {.soft = 3, .hard = 3}}};
};

TEST_F(HeadCountsTest, AUserHasAsManyAsItMayHaveFromWhereverItComes) {
  const auto first = Take("alice", "10.0.0.1");
  const auto second = Take("alice", "10.0.0.2");
  ASSERT_TRUE(second);
  const auto third = Take("alice", "10.0.0.3");
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().code, Errc::kRateLimited);
  EXPECT_EQ(third.error().retry_after, kConnectAgainAfter);
  EXPECT_TRUE(Take("bob", "10.0.0.1"));
}

TEST_F(HeadCountsTest, AnAddressHasAsManyAsItMayHaveWhoeverItIs) {
  std::vector<HeadSlot> slots;
  for (const char* user : {"a", "b", "c"}) slots.push_back(std::move(*Take(user, "10.0.0.1")));
  EXPECT_FALSE(Take("d", "10.0.0.1"));
  EXPECT_TRUE(Take("d", "10.0.0.2"));
}

TEST_F(HeadCountsTest, AnAddressIsCountedForEachTenantApart) {
  std::vector<HeadSlot> slots;
  for (const char* user : {"a", "b", "c"}) slots.push_back(std::move(*Take(user, "10.0.0.1")));
  EXPECT_TRUE(Take("a", "10.0.0.1", "green"));
}

TEST_F(HeadCountsTest, APlaceIsFreeAgainWhenItsConnectionGoes) {
  {
    const auto first = Take("alice", "");
    const auto second = Take("alice", "");
    EXPECT_FALSE(Check("alice", ""));
  }
  runtime_.RunUntilIdle();
  EXPECT_TRUE(Check("alice", ""));
  const auto first = Take("alice", "");
  EXPECT_TRUE(Take("alice", "")) << "both of them";
}

TEST_F(HeadCountsTest, ARefusalTakesNothing) {
  const auto first = Take("alice", "10.0.0.1");
  const auto second = Take("alice", "10.0.0.1");
  EXPECT_FALSE(Take("alice", "10.0.0.1"));
  const auto third = Take("bob", "10.0.0.1");
  EXPECT_TRUE(third) << "the refused one does not count for the address";
}

TEST_F(HeadCountsTest, FromTheSoftBoundOnItIsNoticed) {
  const auto first = Take("alice", "10.0.0.1");
  EXPECT_TRUE(first->user_near());
  EXPECT_FALSE(first->address_near());
  const auto second = Take("bob", "10.0.0.1");
  const auto third = Take("carol", "10.0.0.1");
  EXPECT_TRUE(third->address_near());
}

TEST_F(HeadCountsTest, WhoHasNoNameAndNoAddressIsNotCounted) {
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(Take("", ""));
}

}  // namespace
}  // namespace notify::agent::quota
