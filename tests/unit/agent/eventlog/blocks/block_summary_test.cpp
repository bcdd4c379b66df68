#include "agent/eventlog/blocks/block_summary.hpp"

#include <gtest/gtest.h>

#include "tests/support/seeded_random.hpp"

namespace notify::agent::eventlog {
namespace {

constexpr HashKey kKey{1, 2};

BlockSummary SummaryOf(const std::vector<std::string>& types) {
  SummaryBuilder builder(kKey, types.size());
  std::uint64_t id = 1;
  for (const std::string& type : types) builder.Add(type, id++ * 0x9E3779B97F4A7C15ULL);
  return builder.Finish();
}

bool May(const BlockSummary& summary, const std::vector<std::string>& patterns) {
  return summary.MayHoldTypes(HashTypePatterns(kKey, patterns));
}

TEST(BlockSummary, HoldsTheTypesAndPrefixesOfItsEvents) {
  const BlockSummary summary = SummaryOf({"fx.quote.created", "user.activity"});
  EXPECT_TRUE(May(summary, {"fx.quote.created"}));
  EXPECT_TRUE(May(summary, {"fx.*"}));
  EXPECT_TRUE(May(summary, {"fx.quote.*"}));
  EXPECT_TRUE(May(summary, {"payment.processed", "user.*"}));
  EXPECT_TRUE(May(summary, {"payment.processed", "*"}));
}

TEST(BlockSummary, RulesOutWhatIsNotThere) {
  const BlockSummary summary = SummaryOf({"fx.quote.created"});
  EXPECT_FALSE(May(summary, {"payment.processed"}));
  EXPECT_FALSE(May(summary, {"fx.quote"}));
  EXPECT_FALSE(May(summary, {"f.*"}));
}

TEST(BlockSummary, WithTooManyTypesAnyMayBeThere) {
  std::vector<std::string> types;
  for (int i = 0; i < 100; ++i) types.push_back("a" + std::to_string(i) + ".b");
  EXPECT_TRUE(May(SummaryOf(types), {"payment.processed"}));
}

TEST(BlockSummary, NeverRulesOutAnIdThatIsThereAndSeldomLetsAnotherPass) {
  testing_support::SeededRandom random(1);
  SummaryBuilder builder(kKey, 1000);
  std::vector<std::uint64_t> ids;
  for (int i = 0; i < 1000; ++i) {
    ids.push_back(random.Next());
    builder.Add("a.b", ids.back());
  }
  const BlockSummary summary = builder.Finish();
  for (const std::uint64_t id : ids) EXPECT_TRUE(summary.MayHoldId(id));
  int passed = 0;
  for (int i = 0; i < 10'000; ++i) passed += summary.MayHoldId(random.Next()) ? 1 : 0;
  EXPECT_LT(passed, 300);
}

TEST(BlockSummary, IsTheSameAfterItWasStored) {
  const BlockSummary summary = SummaryOf({"fx.quote.created", "user.activity"});
  const auto again = BlockSummary::Decode(summary.Encode());
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->Encode(), summary.Encode());
  EXPECT_FALSE(BlockSummary::Decode("\x05").has_value());
  EXPECT_FALSE(BlockSummary::Decode(std::string("\x05\x00z", 3)).has_value());
}

}  // namespace
}  // namespace notify::agent::eventlog
