#include "common/tenancy/strategy.hpp"

#include <gtest/gtest.h>

namespace notify {
namespace {

TEST(Strategy, EachHasAWordThatNamesIt) {
  for (int i = 0; i <= static_cast<int>(Strategy::kCustom); ++i) {
    const auto strategy = static_cast<Strategy>(i);
    EXPECT_EQ(StrategyFromString(ToString(strategy)), strategy);
  }
  EXPECT_EQ(StrategyFromString("cookie"), std::nullopt);
}

}  // namespace
}  // namespace notify
