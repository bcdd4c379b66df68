#include "agent/trigger/match.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace notify::agent::trigger {
namespace {

using nlohmann::json;

class Matching : public testing::Test {
 protected:
  Matching() {
    rule_.on = "fx.*";
    event_ = {{"type", "fx.quote.created"},
              {"userid", "alice"},
              {"data", {{"amount", 1500.5}, {"toCurrency", "EUR"}, {"vip", true}}}};
  }
  void When(std::string pointer, Condition::Op op, std::vector<Scalar> values) {
    rule_.when = {{std::move(pointer), op, std::move(values)}};
  }
  bool Matches() { return Match(rule_, event_).matched; }
  std::string Reason() { return Match(rule_, event_).reason; }

  Trigger rule_;
  json event_;
};

TEST(CoversType, TakesATypeAPrefixOrAll) {
  EXPECT_TRUE(CoversType("fx.quote.created", "fx.quote.created"));
  EXPECT_TRUE(CoversType("fx.*", "fx.quote.created"));
  EXPECT_TRUE(CoversType("*", "a.b"));
  EXPECT_FALSE(CoversType("fx.*", "fxx.quote"));
  EXPECT_FALSE(CoversType("fx.quote", "fx.quote.created"));
}

TEST(CoversType, TakesEventsOfTheFlowByTheirNameOnly) {
  EXPECT_FALSE(CoversType("*", "notification.created"));
  EXPECT_FALSE(CoversType("delivery.*", "delivery.failed"));
  EXPECT_TRUE(CoversType("delivery.failed", "delivery.failed"));
}

TEST_F(Matching, WithoutConditionsTheTypeDecides) {
  EXPECT_TRUE(Matches());
  rule_.on = "payment.processed";
  EXPECT_EQ(Reason(), "The rule is for payment.processed.");
}

TEST_F(Matching, ARuleThatIsOffSaysSo) {
  rule_.enabled = false;
  EXPECT_EQ(Reason(), "The rule is switched off.");
}

TEST_F(Matching, ComparesNumbersBySize) {
  using Op = Condition::Op;
  const std::vector<std::pair<Op, std::array<bool, 3>>> table = {
      // member 1500.5 against 1000, 1500.5, 2000
      {Op::kGt, {true, false, false}}, {Op::kGe, {true, true, false}},
      {Op::kLt, {false, false, true}}, {Op::kLe, {false, true, true}},
      {Op::kEq, {false, true, false}}, {Op::kNe, {true, false, true}}};
  for (const auto& [op, expected] : table) {
    for (std::size_t i = 0; i < 3; ++i) {
      When("/data/amount", op, {Scalar(std::array{1000.0, 1500.5, 2000.0}[i])});
      EXPECT_EQ(Matches(), expected[i]) << OpName(op) << " " << i;
    }
  }
}

TEST_F(Matching, NeverComparesAcrossTypes) {
  When("/data/toCurrency", Condition::Op::kGt, {Scalar(1.0)});
  EXPECT_FALSE(Matches());
  When("/data/amount", Condition::Op::kEq, {Scalar(std::string("1500.5"))});
  EXPECT_FALSE(Matches());
}

TEST_F(Matching, InTakesOneOfSeveral) {
  When("/data/toCurrency", Condition::Op::kIn,
       {Scalar(std::string("CHF")), Scalar(std::string("EUR"))});
  EXPECT_TRUE(Matches());
  event_["data"]["toCurrency"] = "JPY";
  EXPECT_EQ(Reason(), R"(/data/toCurrency is "JPY", the rule wants in "CHF", "EUR".)");
}

TEST_F(Matching, ExistsAsksForPresenceOrAbsence) {
  When("/data/vip", Condition::Op::kExists, {Scalar(true)});
  EXPECT_TRUE(Matches());
  When("/data/vip", Condition::Op::kExists, {Scalar(false)});
  EXPECT_FALSE(Matches());
  When("/data/none", Condition::Op::kExists, {Scalar(true)});
  EXPECT_EQ(Reason(), "/data/none is absent, the rule wants exists true.");
}

TEST_F(Matching, AnAbsentMemberIsNotEqualAndHasNoSize) {
  When("/data/none", Condition::Op::kNe, {Scalar(1.0)});
  EXPECT_TRUE(Matches());
  When("/data/none", Condition::Op::kLt, {Scalar(1.0)});
  EXPECT_FALSE(Matches());
}

TEST_F(Matching, RulesForOwnEventsDoNotFeedThemselves) {
  rule_.on = "delivery.failed";
  event_ = {{"type", "delivery.failed"}, {"data", {{"depth", 1}}}};
  EXPECT_TRUE(Matches());
  event_["data"]["depth"] = 2;
  EXPECT_FALSE(Matches());
}

}  // namespace
}  // namespace notify::agent::trigger
