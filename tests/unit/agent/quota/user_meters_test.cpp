#include "agent/quota/user_meters.hpp"

#include <gtest/gtest.h>

#include "tests/support/sim/sim_runtime.hpp"

namespace notify::agent::quota {
namespace {

using namespace std::chrono_literals;

class UserMetersTest : public testing::Test {
 protected:
  std::shared_ptr<MeterRow> Of(const std::string& user, const std::string& tenant = "blue") {
    return runtime_.Run(meters_.Of(TenantId::Parse(tenant).value(), user),
                        &runtime_.io(1).executor());
  }
  bool Spend(Meter& meter) { return meter.TakeOne(limit_, runtime_.clock().Now()) == 0s; }
  void ComeManyOthers() {
    for (int i = 0; i < 1000; ++i) Of("user-" + std::to_string(i));
  }

  const PaceLimit limit_{Pace{1, 1min}, 1};
  testing_support::sim::SimDisk disk_;
  testing_support::sim::SimRuntime runtime_{{.seed = 1}, disk_};
  UserMeters meters_{runtime_.io(0).executor(), runtime_.clock(), 2};
};

TEST_F(UserMetersTest, AUserIsCountedTogetherWhereverItComes) {
  EXPECT_TRUE(Spend((*Of("alice"))[0]));
  EXPECT_FALSE(Spend((*Of("alice"))[0]));
  EXPECT_TRUE(Spend((*Of("alice"))[1])) << "another thing";
}

TEST_F(UserMetersTest, AnotherUserAndTheSameNameInAnotherTenantAreOthers) {
  EXPECT_TRUE(Spend((*Of("alice"))[0]));
  EXPECT_TRUE(Spend((*Of("bob"))[0]));
  EXPECT_TRUE(Spend((*Of("alice", "green"))[0]));
}

TEST_F(UserMetersTest, WhatIsSpentIsRememberedWhenNobodyHoldsIt) {
  Spend((*Of("alice"))[0]);
  ComeManyOthers();
  EXPECT_FALSE(Spend((*Of("alice"))[0]));
}

TEST_F(UserMetersTest, WhoHasNothingSpentIsForgotten) {
  std::weak_ptr<MeterRow> alice = Of("alice");
  Spend((*alice.lock())[1]);
  runtime_.RunFor(2min);
  ComeManyOthers();
  EXPECT_TRUE(alice.expired());
  EXPECT_TRUE(Spend((*Of("alice"))[1]));
}

}  // namespace
}  // namespace notify::agent::quota
