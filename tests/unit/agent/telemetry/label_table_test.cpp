#include "agent/telemetry/label_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <thread>

namespace notify::agent::telemetry {
namespace {

class LabelTableTest : public ::testing::Test {
 protected:
  const Series* Add(std::string_view a, std::string_view b, std::size_t limit = 100'000) {
    const std::array values = {a, b};
    return table_.FindOrAdd(values, limit, [this] { return next_cell_++; });
  }
  const Series* Find(std::string_view a, std::string_view b) const {
    const std::array values = {a, b};
    return table_.Find(values);
  }

  LabelTable table_;
  std::atomic<CellIndex> next_cell_{0};
};

TEST_F(LabelTableTest, FindsNothingInTheBeginning) { EXPECT_EQ(Find("a", "b"), nullptr); }

TEST_F(LabelTableTest, AddsOnceAndFindsAfterwards) {
  const Series* added = Add("a", "b");
  EXPECT_EQ(Add("a", "b"), added);
  EXPECT_EQ(Find("a", "b"), added);
  EXPECT_EQ(table_.size(), 1U);
}

TEST_F(LabelTableTest, TellsApartValuesThatReadTheSameTogether) {
  EXPECT_NE(Add("ab", "c")->cell, Add("a", "bc")->cell);
  EXPECT_NE(Add("x", "y")->cell, Add("y", "x")->cell);
}

TEST_F(LabelTableTest, AddsNothingBeyondItsLimit) {
  Add("1", "", 2);
  Add("2", "", 2);
  EXPECT_EQ(Add("3", "", 2), nullptr);
  EXPECT_NE(Add("2", "", 2), nullptr);
  EXPECT_EQ(table_.size(), 2U);
}

TEST_F(LabelTableTest, KeepsItsSeriesWhileItGrows) {
  const Series* first = Add("first", "");
  for (int i = 0; i < 5'000; ++i) Add(std::to_string(i), "");
  EXPECT_EQ(Find("first", ""), first);
  for (int i = 0; i < 5'000; ++i) ASSERT_NE(Find(std::to_string(i), ""), nullptr) << i;
}

TEST_F(LabelTableTest, ListsByLabels) {
  Add("b", "2");
  Add("b", "1");
  Add("a", "9");
  const auto sorted = table_.Sorted();
  ASSERT_EQ(sorted.size(), 3U);
  EXPECT_THAT(sorted[0]->labels, testing::ElementsAre("a", "9"));
  EXPECT_THAT(sorted[1]->labels, testing::ElementsAre("b", "1"));
}

TEST_F(LabelTableTest, GivesThreadsThatAddAtOnceTheSameSeries) {
  constexpr int kSeries = 2'000;
  const auto add_all = [this] {
    for (int i = 0; i < kSeries; ++i) Add(std::to_string(i), "");
  };
  std::thread one(add_all);
  std::thread two(add_all);
  one.join();
  two.join();
  EXPECT_EQ(table_.size(), static_cast<std::size_t>(kSeries));
  EXPECT_EQ(next_cell_, static_cast<CellIndex>(kSeries));
}

}  // namespace
}  // namespace notify::agent::telemetry
