#include "agent/quota/gates.hpp"

#include <gtest/gtest.h>

#include "tests/support/sim/sim_runtime.hpp"
#include "tests/support/tenants.hpp"

namespace notify::agent::quota {
namespace {

using testing_support::TenantRecordOf;

class GatesTest : public testing::Test {
 protected:
  void Publish(std::vector<TenantRecord> records) {
    DirectoryContents contents;
    for (auto& record : records) {
      contents.tenants.push_back(std::make_shared<const TenantRecord>(std::move(record)));
    }
    runtime_.Run(gates_.Prepare(std::make_shared<const Directory>(std::move(contents))),
                 &runtime_.platform());
  }
  static TenantRecord Limited(const char* name, std::uint32_t burst, std::uint64_t epoch = 1) {
    TenantRecord record = TenantRecordOf(name, "", epoch);
    record.limits.events_per_second = 1;
    record.limits.events_burst = burst;
    return record;
  }
  void Spend(const char* name, std::uint32_t events) {
    auto admission = Of(name)->quota.TryAdmit(events);
    ASSERT_TRUE(admission);
    admission->Settle(events);
  }
  std::shared_ptr<TenantGates> Of(const char* name, std::size_t io = 0) {
    return gates_.OfIo(io, TenantId::Parse(name).value());
  }

  testing_support::sim::SimDisk disk_;
  testing_support::sim::SimRuntime runtime_{{}, disk_};
  Gates gates_{runtime_, TenantLimits{.requests_per_second = 5, .connections = 7}};
};

TEST_F(GatesTest, AllThreadsShareATenantsGates) {
  Publish({Limited("blue", 10)});
  EXPECT_EQ(Of("blue", 0), Of("blue", 1));
  EXPECT_EQ(Of("blue", 0), gates_.OfPlatform(TenantId::Parse("blue").value()));
  EXPECT_EQ(Of("green"), nullptr);
}

TEST_F(GatesTest, AChangeOfLimitsKeepsWhatIsSpent) {
  Publish({Limited("blue", 10)});
  Spend("blue", 10);
  Publish({Limited("blue", 12)});
  EXPECT_EQ(Of("blue")->quota.Available(), 2U);
}

TEST_F(GatesTest, ATenantMadeAgainBeginsWithAFullBurst) {
  Publish({Limited("blue", 10, 1)});
  Spend("blue", 10);
  Publish({Limited("blue", 10, 2)});
  EXPECT_EQ(Of("blue")->quota.Available(), 10U);
}

TEST_F(GatesTest, DefaultsCountWhereATenantHasNoLimitOfItsOwn) {
  auto own = TenantRecordOf("green");
  own.limits.requests_per_second = 100;
  Publish({TenantRecordOf("blue"), own});
  EXPECT_EQ(Of("blue")->rate.rate(), (Rate{5, 5}));
  EXPECT_EQ(Of("green")->rate.rate(), (Rate{100, 100}));
  EXPECT_FALSE(Of("blue")->quota.rate());
}

TEST_F(GatesTest, AnotherTenantsChangeLeavesTheGatesAlone) {
  Publish({Limited("blue", 10), Limited("green", 10)});
  const auto green = Of("green");
  Publish({Limited("blue", 99), Limited("green", 10)});
  EXPECT_EQ(Of("green"), green);
  Publish({Limited("green", 10)});
  EXPECT_EQ(Of("blue"), nullptr);
  EXPECT_EQ(Of("green"), green);
}

}  // namespace
}  // namespace notify::agent::quota
