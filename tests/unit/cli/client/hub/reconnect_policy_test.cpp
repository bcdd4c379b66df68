#include "cli/client/hub/reconnect_policy.hpp"

#include <gtest/gtest.h>

namespace notify::cli::client {
namespace {

using namespace std::chrono_literals;

TEST(ReconnectPolicyTest, ByDefaultTriesFourTimesAsTheStockClientsDo) {
  const auto policy = ReconnectPolicy::Parse("default").value();
  EXPECT_EQ(policy.Delay(0), 0s);
  EXPECT_EQ(policy.Delay(1), 2s);
  EXPECT_EQ(policy.Delay(2), 10s);
  EXPECT_EQ(policy.Delay(3), 30s);
  EXPECT_EQ(policy.Delay(4), std::nullopt);
}

TEST(ReconnectPolicyTest, AlwaysGoesOnEveryThirtySeconds) {
  const auto policy = ReconnectPolicy::Parse("always").value();
  EXPECT_EQ(policy.Delay(1), 2s);
  EXPECT_EQ(policy.Delay(4), 30s);
  EXPECT_EQ(policy.Delay(4'000), 30s);
}

TEST(ReconnectPolicyTest, NeverDoesNotTry) {
  EXPECT_EQ(ReconnectPolicy::Parse("never").value().Delay(0), std::nullopt);
}

TEST(ReconnectPolicyTest, AnotherNameIsAUsageError) {
  EXPECT_EQ(ReconnectPolicy::Parse("sometimes").error().code, Errc::kUsage);
}

}  // namespace
}  // namespace notify::cli::client
