#include <gmock/gmock.h>

#include "common/schema/validator.hpp"
#include "tests/unit/common/schema/schemas.hpp"

namespace notify::schema {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace testing_support;

TEST(ValijsonValidator, PropertiesAreNamedByTheirPlace) {
  const std::string schema =
      "{\n\"type\": \"object\",\n\"required\": [\n\"a\",\n\"b\"],\n\"properties\": {\n"
      "\"a\": {\"type\": \"string\"},\n\"c\": {\"properties\": {\n\"d/e\": {\"maximum\": 3}}}},\n"
      "\"additionalProperties\": false}";
  EXPECT_THAT(Violations(schema, R"({"a": "x", "b": 1})"), ElementsAre("/b:10"));
  EXPECT_THAT(Violations(schema, R"({"a": 1})"), ElementsAre("/a:7", ":5"));
  EXPECT_THAT(Violations(schema, R"({"a": "x", "c": {"d/e": 4}})"), ElementsAre("/c/d~1e:9", ":5"));
  EXPECT_THAT(Violations(schema, "3"), ElementsAre(":2"));
}

TEST(ValijsonValidator, PatternPropertiesAndAdditionalSchemas) {
  const char* schema =
      R"({"patternProperties": {"^n_": {"type": "number"}}, "additionalProperties": {"type": "string"}})";
  EXPECT_TRUE(Fits(schema, R"({"n_a": 1, "b": "x"})"));
  EXPECT_FALSE(Fits(schema, R"({"n_a": "x"})"));
  EXPECT_FALSE(Fits(schema, R"({"b": 1})"));
}

TEST(ValijsonValidator, ItemsByListAndByPlace) {
  EXPECT_THAT(Violations(R"({"items": {"type": "integer"}})", "[1, \"x\", 3]"),
              ElementsAre("/1:1"));
  const char* pair =
      R"({"items": [{"type": "integer"}, {"type": "string"}], "additionalItems": {"const": null}})";
  EXPECT_TRUE(Fits(pair, "[1, \"a\", null, null]"));
  EXPECT_TRUE(Fits(pair, "[1]"));
  EXPECT_THAT(Violations(pair, "[\"a\", \"a\", 1]"), ElementsAre("/0:1", "/2:1"));
  EXPECT_FALSE(Fits(R"({"items": [{}], "additionalItems": false})", "[1, 2]"));
}

TEST(ValijsonValidator, CombinationsAndConditions) {
  EXPECT_THAT(Violations("{\"allOf\": [\n{\"minimum\": 1},\n{\"maximum\": 3}]}", "4"),
              ElementsAre(":3"));
  EXPECT_THAT(Violations("{\n\"anyOf\": [{\"type\": \"string\"}, {\"minimum\": 5}]}", "4"),
              ElementsAre(":2"));
  EXPECT_TRUE(Fits(R"({"oneOf": [{"multipleOf": 2}, {"multipleOf": 3}]})", "4"));
  EXPECT_FALSE(Fits(R"({"oneOf": [{"multipleOf": 2}, {"multipleOf": 3}]})", "6"));
  EXPECT_FALSE(Fits(R"({"not": {"type": "null"}})", "null"));
  const char* card =
      R"({"if": {"required": ["card"]}, "then": {"required": ["name"]}, "else": {"required": ["iban"]}})";
  EXPECT_TRUE(Fits(card, R"({"card": 1, "name": 2})"));
  EXPECT_FALSE(Fits(card, R"({"card": 1})"));
  EXPECT_FALSE(Fits(card, "{}"));
}

TEST(ValijsonValidator, ContainsNamesAndDependencies) {
  EXPECT_TRUE(Fits(R"({"contains": {"const": 2}})", "[1, 2]"));
  EXPECT_FALSE(Fits(R"({"contains": {"const": 2}})", "[1]"));
  EXPECT_THAT(Violations(R"({"propertyNames": {"maxLength": 2}})", R"({"abc": 1})"),
              ElementsAre("/abc:1"));
  EXPECT_FALSE(Fits(R"({"dependencies": {"a": ["b"]}})", R"({"a": 1})"));
  EXPECT_FALSE(Fits(R"({"dependencies": {"a": {"required": ["b"]}}})", R"({"a": 1})"));
  EXPECT_TRUE(Fits(R"({"dependencies": {"a": ["b"]}})", "{}"));
}

TEST(ValijsonValidator, ReferencesAreFollowedToTheLineOfTheirTarget) {
  const std::string schema =
      "{\"properties\": {\"a\": {\"$ref\": \"#/$defs/money\"}},\n\"$defs\": {\n\"money\": {\n"
      "\"minimum\": 0}}}";
  EXPECT_THAT(Violations(schema, R"({"a": -1})"), ElementsAre("/a:4"));
  const std::string tree =
      R"({"type": "object", "properties": {"next": {"$ref": "#"}}, "additionalProperties": false})";
  EXPECT_TRUE(Fits(tree, R"({"next": {"next": {}}})"));
  EXPECT_THAT(Violations(tree, R"({"next": {"next": {"x": 1}}})"), ElementsAre("/next/next/x:1"));
}

// What the library alone gets wrong.
TEST(ValijsonValidator, WholeNumbersAreIntegersHoweverTheyAreWritten) {
  EXPECT_TRUE(Fits(R"({"type": "integer"})", "3.0"));
  EXPECT_FALSE(Fits(R"({"type": "integer"})", "3.5"));
  EXPECT_TRUE(Fits(R"({"type": ["null", "integer"]})", "1e3"));
  EXPECT_FALSE(Fits(R"({"type": "string"})", "3.0"));
}

TEST(ValijsonValidator, MultiplesAreNotCutToWholeNumbers) {
  EXPECT_FALSE(Fits(R"({"multipleOf": 2})", "4.5"));
  EXPECT_TRUE(Fits(R"({"multipleOf": 0.01})", "19.99"));
  EXPECT_FALSE(Fits(R"({"multipleOf": 0.01})", "19.995"));
  EXPECT_TRUE(Fits(R"({"multipleOf": 3})", "-9"));
  EXPECT_FALSE(Fits(R"({"multipleOf": 9007199254740993})", "-9223372036854775808"));
}

TEST(ValijsonValidator, LengthsAreCharactersAndANulEndsNothing) {
  EXPECT_TRUE(Fits(R"({"maxLength": 3})", "\"äöü\""));
  EXPECT_FALSE(Fits(R"({"maxLength": 3})", "\"ab\\u0000cd\""));
  EXPECT_FALSE(Fits(R"({"minLength": 2})", "\"ä\""));
}

TEST(ValijsonValidator, ALongDateIsRefusedAndNotRecursedInto) {
  EXPECT_FALSE(Fits(R"({"format": "date"})", "\"" + std::string(200'000, '1') + "\""));
  EXPECT_TRUE(Fits(R"({"format": "date"})", "17"));
}

TEST(ValijsonValidator, ItemsTwiceAreFound) {
  EXPECT_FALSE(Fits(R"({"uniqueItems": true})", R"([{"a": 1}, 2, {"a": 1}])"));
  EXPECT_TRUE(Fits(R"({"uniqueItems": true})", R"([{"a": 1}, 1, "1", [1]])"));
  EXPECT_TRUE(Fits(R"({"uniqueItems": false})", "[1, 1]"));
}

TEST(ValijsonValidator, BooleanSchemasSayAllOrNothing) {
  EXPECT_TRUE(Fits("true", "1"));
  EXPECT_FALSE(Fits("false", "1"));
  EXPECT_THAT(Violations("{\"properties\":\n{\"a\": false}}", R"({"a": 1})"), ElementsAre("/a:2"));
  EXPECT_THAT(Violations(R"({"properties": {"a": false}})", "{}"), IsEmpty());
}

TEST(ValijsonValidator, ValuesAndBounds) {
  EXPECT_TRUE(Fits(R"({"enum": [1, "a", {"b": []}]})", R"({"b": []})"));
  EXPECT_FALSE(Fits(R"({"enum": [1, "1"]})", "true"));
  EXPECT_FALSE(Fits(R"({"exclusiveMinimum": 0})", "0"));
  EXPECT_FALSE(Fits(R"({"exclusiveMaximum": 9})", "9"));
  EXPECT_FALSE(Fits(R"({"minItems": 1})", "[]"));
  EXPECT_FALSE(Fits(R"({"maxItems": 1})", "[1, 2]"));
  EXPECT_FALSE(Fits(R"({"minProperties": 1})", "{}"));
  EXPECT_FALSE(Fits(R"({"maxProperties": 0})", R"({"a": 1})"));
  EXPECT_FALSE(Fits(R"({"pattern": "^[A-Z]{3}$"})", "\"USDX\""));
  EXPECT_TRUE(Fits(R"({"pattern": "[0-9]"})", "\"a1\""));
}

}  // namespace
}  // namespace notify::schema
