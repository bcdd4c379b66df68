#include "agent/schema/upcasters.hpp"

#include <gtest/gtest.h>

namespace notify::agent::schema {
namespace {

using Outcome = Upcasters::Outcome;

/// Versions 1 to 4 of a schema, which began at 100, 200, 300 and 400 ms.
class Lifting : public testing::Test {
 protected:
  void Step(std::int64_t from, std::string text) {
    auto compiled = Upcaster::Compile(text);
    ASSERT_TRUE(compiled) << compiled.error().detail;
    chain_.versions = {{1, 100}, {2, 200}, {3, 300}, {4, 400}};
    chain_.steps.emplace(
        from, Upcasters::Step{{"order.paid", from, std::move(text), 0}, std::move(*compiled)});
    upcasters_.Set("order.paid", chain_);
  }
  Outcome Lift(std::string data, std::int64_t recorded_ms, std::string dataschema = {},
               std::string type = "order.paid") {
    data_ = std::move(data);
    dataschema_ = std::move(dataschema);
    type_ = std::move(type);
    event_ = {};
    event_.type = type_;
    event_.data_kind = DataKind::kJson;
    event_.data = data_;
    event_.dataschema = dataschema_;
    return upcasters_.Lift(event_, recorded_ms, parts_);
  }
  std::string Attribute(std::string_view name) const {
    for (const Extension& one : event_.extensions) {
      if (one.name == name) return std::string(one.value);
    }
    return {};
  }

  Upcasters upcasters_;
  Upcasters::Chain chain_;
  EventView event_;
  std::string data_, dataschema_, type_;
  LiftedParts parts_;
};

constexpr auto kRename = R"({"patch": [{"op": "move", "from": "/sum", "path": "/amount"}]})";
constexpr auto kCurrency = R"({"merge": {"currency": "EUR", "legacy": null}})";

TEST_F(Lifting, LiftsFromWhicheverVersionToTheEndOfTheChain) {
  Step(1, kRename);
  Step(2, kCurrency);
  EXPECT_EQ(Lift(R"({"sum":1.10,"legacy":true})", 150), Outcome::kLifted);
  EXPECT_EQ(event_.data, R"({"amount":1.10,"currency":"EUR"})");
  EXPECT_EQ(Attribute(kUpcastFromAttribute), "1");
  EXPECT_EQ(Attribute(kUpcastToAttribute), "3");
  EXPECT_EQ(Lift(R"({"amount":2})", 200), Outcome::kLifted);
  EXPECT_EQ(event_.data, R"({"amount":2,"currency":"EUR"})");
}

TEST_F(Lifting, WhatIsNewEnoughOrOlderThanAllVersionsStaysAsItIs) {
  Step(1, kRename);
  EXPECT_EQ(Lift(R"({"amount":2})", 250), Outcome::kAsStored);
  EXPECT_EQ(Lift(R"({"sum":2})", 50), Outcome::kAsStored);
  EXPECT_EQ(Lift(R"({"sum":2})", 150, {}, "order.other"), Outcome::kAsStored);
  EXPECT_TRUE(event_.extensions.empty());
}

TEST_F(Lifting, TheVersionThatAnEventNamesCounts) {
  Step(1, kRename);
  EXPECT_EQ(Lift(R"({"sum":2})", 900, "http://x/api/schemas/order.paid/versions/1"),
            Outcome::kLifted);
  EXPECT_EQ(event_.dataschema, "http://x/api/schemas/order.paid/versions/2");
  EXPECT_EQ(Lift(R"({"sum":2})", 150, "http://x/api/schemas/order.paid/versions/2"),
            Outcome::kAsStored);
  EXPECT_EQ(Lift(R"({"sum":2})", 150, "http://x/other"), Outcome::kLifted);
  EXPECT_EQ(event_.dataschema, "http://x/other");
}

TEST_F(Lifting, APatchThatFailsLeavesTheEventAsStoredAndSaysWhy) {
  Step(1, kRename);
  Step(2, R"({"patch": [{"op": "remove", "path": "/gone"}]})");
  EXPECT_EQ(Lift(R"({"sum":2})", 150), Outcome::kFailed);
  EXPECT_EQ(event_.data, R"({"sum":2})");
  EXPECT_NE(Attribute(kUpcastErrorAttribute).find("Version 2 is not lifted: Operation 1"),
            std::string::npos);
  EXPECT_EQ(upcasters_.Find("order.paid")->steps.at(2).failed->load(), 1U);
  EXPECT_EQ(upcasters_.Find("order.paid")->steps.at(1).failed->load(), 0U);
}

TEST(UpcasterText, NamesEachMistake) {
  const auto pointer = [](std::string_view text) {
    const auto compiled = Upcaster::Compile(text);
    if (compiled) return std::string("good");
    return compiled.error().errors.empty() ? std::string("syntax")
                                           : compiled.error().errors.front().pointer;
  };
  EXPECT_EQ(pointer("{"), "syntax");
  EXPECT_EQ(pointer("{}"), "");
  EXPECT_EQ(pointer(R"({"patch": [], "merge": {}})"), "");
  EXPECT_EQ(pointer(R"({"patch": []})"), "/patch");
  EXPECT_EQ(pointer(R"({"patch": [{"op": "jump"}]})"), "/patch/0/op");
  EXPECT_EQ(pointer(R"({"merge": []})"), "/merge");
  EXPECT_EQ(pointer(R"({"merge": {}, "x": 1})"), "/x");
  EXPECT_EQ(pointer(R"({"merge": {}})"), "good");
}

}  // namespace
}  // namespace notify::agent::schema
