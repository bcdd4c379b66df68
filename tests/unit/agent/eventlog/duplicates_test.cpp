#include "agent/eventlog/duplicates.hpp"

#include <gtest/gtest.h>

namespace notify::agent::eventlog {
namespace {

TEST(Duplicates, TheNewestEventWithAKeyIsTheAnswer) {
  Duplicates keys;
  keys.Insert(1, 7, Sequence{1});
  EXPECT_EQ(keys.Find(7), Sequence{1});
  keys.Insert(1, 7, Sequence{2});
  EXPECT_EQ(keys.Find(7), Sequence{2});
  keys.Insert(2, 7, Sequence{3});
  EXPECT_EQ(keys.Find(7), Sequence{3});
  EXPECT_FALSE(keys.Find(8).has_value());
}

TEST(Duplicates, FindsTheKeysOfBothGenerations) {
  Duplicates keys;
  for (std::uint64_t i = 1; i <= 10'000; ++i) {
    keys.Insert(i <= 6'000 ? 4 : 5, i * 0x9E3779B97F4A7C15ULL, Sequence{i});
  }
  EXPECT_EQ(keys.size(), 10'000U);
  for (std::uint64_t i = 1; i <= 10'000; ++i) {
    EXPECT_EQ(keys.Find(i * 0x9E3779B97F4A7C15ULL), Sequence{i});
  }
}

TEST(Duplicates, ForgetsAGenerationWhoseKeysAreInARun) {
  Duplicates keys;
  keys.Insert(4, 7, Sequence{1});
  keys.Insert(5, 8, Sequence{2});
  EXPECT_TRUE(keys.Drop(4));
  EXPECT_FALSE(keys.Find(7).has_value());
  EXPECT_EQ(keys.Find(8), Sequence{2});
  EXPECT_FALSE(keys.Drop(4)) << "there is nothing left of it";
  EXPECT_TRUE(keys.Drop(5));
  EXPECT_EQ(keys.size(), 0U);
}

}  // namespace
}  // namespace notify::agent::eventlog
