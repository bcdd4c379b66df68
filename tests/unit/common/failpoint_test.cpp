#include "common/failpoint.hpp"

#include <gtest/gtest.h>

namespace notify {
namespace {

#if defined(NOTIFY_FAILPOINTS)

TEST(Failpoint, IsPlantedUntilItIsTakenAway) {
  EXPECT_FALSE(NOTIFY_FAILPOINT(kMixTenants));
  Plant(Failpoint::kMixTenants);
  EXPECT_TRUE(NOTIFY_FAILPOINT(kMixTenants));
  EXPECT_FALSE(NOTIFY_FAILPOINT(kForgetDuplicates));
  Plant(std::nullopt);
  EXPECT_FALSE(NOTIFY_FAILPOINT(kMixTenants));
}

TEST(Failpoint, HasOneNameThatFindsIt) {
  EXPECT_EQ(FailpointNamed(NameOf(Failpoint::kCursorBeforeAppend)), Failpoint::kCursorBeforeAppend);
  EXPECT_EQ(FailpointNamed("no.such"), std::nullopt);
}

#else

TEST(Failpoint, IsNeverPlantedInARelease) { EXPECT_FALSE(NOTIFY_FAILPOINT(kMixTenants)); }

#endif

}  // namespace
}  // namespace notify
