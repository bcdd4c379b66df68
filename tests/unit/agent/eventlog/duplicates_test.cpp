#include "agent/eventlog/duplicates.hpp"

#include <gtest/gtest.h>

namespace notify::agent::eventlog {
namespace {

TEST(Duplicates, TheFirstEventWithAKeyIsTheAnswer) {
  Duplicates keys(100);
  keys.Insert(7, Sequence{1});
  keys.Insert(7, Sequence{2});
  EXPECT_EQ(keys.Find(7), Sequence{1});
  EXPECT_FALSE(keys.Find(8).has_value());
}

TEST(Duplicates, RemembersAtLeastHalfOfTheBoundAndAtMostAll) {
  Duplicates keys(1000);
  for (std::uint64_t i = 1; i <= 10'000; ++i) keys.Insert(i * 0x9E3779B97F4A7C15ULL, Sequence{i});
  EXPECT_GE(keys.size(), 500U);
  EXPECT_LE(keys.size(), 1000U);
  for (std::uint64_t i = keys.horizon().value; i <= 10'000; ++i) {
    EXPECT_EQ(keys.Find(i * 0x9E3779B97F4A7C15ULL), Sequence{i});
  }
}

}  // namespace
}  // namespace notify::agent::eventlog
