#include "common/config/nearest.hpp"

#include <gtest/gtest.h>

#include <array>

namespace notify {
namespace {

const std::array<std::string, 4> kWords = {"listen", "log.level", "log.format", "http.max_batch"};

TEST(NearestWord, FindsAWordWithALetterWrongMissingOrSwapped) {
  EXPECT_EQ(NearestWord("listn", kWords), "listen");
  EXPECT_EQ(NearestWord("lisetn", kWords), "listen");
  EXPECT_EQ(NearestWord("log.lefel", kWords), "log.level");
}

TEST(NearestWord, FindsAWordBelowAnotherSection) {
  EXPECT_EQ(NearestWord("max_batch", kWords), "http.max_batch");
}

TEST(NearestWord, SaysNothingRatherThanNonsense) {
  EXPECT_EQ(NearestWord("colour", kWords), std::nullopt);
  EXPECT_EQ(NearestWord("", kWords), std::nullopt);
  EXPECT_EQ(NearestWord(std::string(100'000, 'x'), kWords), std::nullopt);
}

}  // namespace
}  // namespace notify
