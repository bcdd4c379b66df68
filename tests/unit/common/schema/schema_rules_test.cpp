#include "common/schema/schema_rules.hpp"

#include <gmock/gmock.h>

#include "tests/unit/common/schema/schemas.hpp"

namespace notify::schema {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace testing_support;

TEST(SchemaRules, EveryMistakeHasItsPlaceAndLine) {
  const Error refusal = Refusal(
      "{\n\"type\": \"strin\",\n\"properties\": {\n\"a\": {\"minLength\": -1},\n\"b\": 3\n}\n}");
  EXPECT_EQ(refusal.code, Errc::kInvalidArgument);
  EXPECT_THAT(Places(refusal),
              ElementsAre("/type:2", "/properties/a/minLength:4", "/properties/b:5"));
}

TEST(SchemaRules, AKeywordThatNobodyWouldCheckIsRefused) {
  EXPECT_THAT(Refusal(R"({"requierd": ["a"]})").detail, HasSubstr("'/requierd' is not a keyword"));
  EXPECT_THAT(Refusal(R"({"prefixItems": [{}]})").detail, HasSubstr("give 'items' an array"));
  EXPECT_THAT(Refusal(R"({"then": {}})").detail, HasSubstr("without 'if'"));
  EXPECT_THAT(Refusal(R"({"additionalItems": {}})").detail, HasSubstr("without 'items'"));
}

TEST(SchemaRules, RemarksOfOnesOwnBeginWithX) {
  EXPECT_TRUE(JsonSchema::Compile(R"({"properties": {"name": {"x-personal": true}}})"));
}

TEST(SchemaRules, WhatIsNoJsonOrNoSchemaIsRefused) {
  EXPECT_THAT(Places(Refusal("{\n\"a\": \n")), ElementsAre(":3"));
  EXPECT_THAT(Refusal("[1]").detail, HasSubstr("must be a schema"));
  EXPECT_THAT(Refusal("\"\xff\"").detail, HasSubstr("not UTF-8"));
  EXPECT_THAT(Refusal(R"({"type": "object", "type": "array"})").detail, HasSubstr("twice"));
}

TEST(SchemaRules, ReferencesStayInTheDocument) {
  EXPECT_THAT(Refusal(R"({"$ref": "http://example.com/s.json"})").detail,
              HasSubstr("never fetched"));
  EXPECT_THAT(Refusal(R"({"$ref": "file:///etc/passwd"})").detail, HasSubstr("never fetched"));
  EXPECT_THAT(Refusal(R"({"$ref": "#/$defs/none"})").detail, HasSubstr("refers to no schema"));
  EXPECT_THAT(Refusal(R"({"required": ["a"], "not": {"$ref": "#/required"}})").detail,
              HasSubstr("refers to no schema"));
  EXPECT_THAT(Refusal(R"({"$ref": "#/$defs/a", "minimum": 1, "$defs": {"a": {}}})").detail,
              HasSubstr("'/minimum' stands beside '$ref'"));
}

TEST(SchemaRules, ACircleThatNeverReachesTheDataIsRefused) {
  EXPECT_THAT(Refusal(R"({"$ref": "#"})").detail, HasSubstr("leads back to itself"));
  EXPECT_THAT(Refusal(R"({"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"allOf": [{"$ref":
                         "#/$defs/a"}]}}, "$ref": "#/$defs/a"})")
                  .detail,
              HasSubstr("leads back to itself"));
  EXPECT_TRUE(JsonSchema::Compile(R"({"properties": {"child": {"$ref": "#"}}})"));
}

TEST(SchemaRules, SizeDepthAndNumberHaveLimits) {
  EXPECT_THAT(Refusal("{\"title\": \"" + std::string(kMaxSchemaBytes, 'x') + "\"}").detail,
              HasSubstr("larger than"));
  std::string deep;
  for (int i = 0; i < 40; ++i) deep += "{\"not\":";
  EXPECT_THAT(Refusal(deep + "{}" + std::string(40, '}')).detail, HasSubstr("levels deep"));
  std::string many = "{\"allOf\": [{}";
  for (std::size_t i = 0; i < kMaxSubschemas; ++i) many += ",{}";
  EXPECT_THAT(Refusal(many + "]}").detail, HasSubstr("schemas in it"));
}

TEST(SchemaRules, RegularExpressionsAreThoseOfRe2AndBounded) {
  EXPECT_THAT(Refusal(R"({"pattern": "(a"})").detail, HasSubstr("not a regular expression of RE2"));
  EXPECT_THAT(Refusal(R"({"pattern": "(?=a)b"})").detail, HasSubstr("not a regular expression"));
  EXPECT_THAT(Refusal(R"({"pattern": "((a{1,100}){1,100}){1,100}"})").detail,
              HasSubstr("not a regular expression"));
  EXPECT_THAT(Refusal(R"({"patternProperties": {"(": {}}})").detail,
              HasSubstr("not a regular expression"));
}

}  // namespace
}  // namespace notify::schema
