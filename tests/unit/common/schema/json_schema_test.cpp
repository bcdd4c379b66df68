#include "common/schema/json_schema.hpp"

#include <gmock/gmock.h>

#include "tests/unit/common/schema/schemas.hpp"

namespace notify::schema {
namespace {

using ::testing::HasSubstr;
using namespace testing_support;

TEST(JsonSchema, ARefusalSaysWhatIsWrongAndWhichLineSaysSo) {
  const auto schema = Compiled("{\n\"properties\": {\n\"amount\": {\"minimum\": 1}\n}\n}");
  const auto checked = schema->Check(R"({"amount": 0})");
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, Errc::kInvalidEvent);
  EXPECT_EQ(checked.error().detail, "'/amount' is below the minimum (line 3 of the schema).");
}

TEST(JsonSchema, ARefusalNeverRepeatsTheData) {
  const auto checked = Compiled(R"({"enum": ["a"], "type": "number"})")->Check("\"secret\"");
  ASSERT_FALSE(checked);
  for (const auto& one : checked.error().errors)
    EXPECT_EQ(one.detail.find("secret"), std::string::npos);
}

TEST(JsonSchema, KeepsItsTextByteForByte) {
  const std::string text = " {\r\n  \"type\" : \"object\" }\n";
  EXPECT_EQ(Compiled(text)->text(), text);
}

TEST(JsonSchema, TellsAtMostTenMistakes) {
  const auto checked =
      Compiled(R"({"items": {"type": "string"}})")->Check("[1,2,3,4,5,6,7,8,9,10,11,12]");
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().errors.size(), 10U);
  EXPECT_THAT(checked.error().detail, HasSubstr("9 more mistakes"));
}

TEST(JsonSchema, ANumberThatNoDoubleHoldsIsRefused) {
  EXPECT_THAT(Compiled("{}")->Check("[1e999]").error().detail, HasSubstr("too large"));
}

TEST(JsonSchema, WhatACheckCostsIsBoundedByTheSizeOfTheData) {
  // Each level asks twice for the next: 2^20 checks where nobody counts.
  std::string bomb = "{\"$ref\": \"#/$defs/d0\", \"$defs\": {";
  for (int i = 0; i < 20; ++i) {
    const std::string next = "{\"$ref\": \"#/$defs/d" + std::to_string(i + 1) + "\"}";
    bomb += "\"d" + std::to_string(i) + "\": {\"allOf\": [" + next + "," + next + "]},";
  }
  const auto schema = Compiled(bomb + "\"d20\": {\"type\": \"integer\"}}}");
  std::size_t steps = 0;
  const auto checked = schema->Check("1", &steps);
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().detail, HasSubstr("more steps"));
  EXPECT_LT(steps, 20'000U);
}

TEST(JsonSchema, AnEvilPatternCostsNoMoreThanAnother) {
  const auto schema = Compiled(R"({"pattern": "^(a+)+$"})");
  const std::string subject = "\"" + std::string(100'000, 'a') + "!\"";
  std::size_t steps = 0;
  EXPECT_FALSE(schema->Check(subject, &steps));
  EXPECT_LT(steps, subject.size());
}

TEST(JsonSchema, CountsWhatItCost) {
  std::size_t steps = 0;
  EXPECT_TRUE(Compiled(R"({"items": {"type": "integer"}})")->Check("[1,2,3]", &steps));
  EXPECT_GE(steps, 6U);
  EXPECT_LE(steps, 20U);
}

}  // namespace
}  // namespace notify::schema
