#include "common/schema/compatibility.hpp"

#include <gmock/gmock.h>

#include "tests/unit/common/schema/schemas.hpp"

namespace notify::schema {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace testing_support;

bool Backward(std::string older, std::string newer) {
  return CheckCompatible(*Compiled(std::move(older)), *Compiled(std::move(newer)),
                         Compatibility::kBackward)
      .has_value();
}

bool Full(std::string older, std::string newer) {
  return CheckCompatible(*Compiled(std::move(older)), *Compiled(std::move(newer)),
                         Compatibility::kFull)
      .has_value();
}

TEST(Compatibility, EachReasonHasItsPlaceAndASentence) {
  const auto checked = CheckCompatible(
      *Compiled(R"({"properties": {"a": {"type": "integer"}}})"),
      *Compiled(
          "{\n\"required\": [\n\"a\"],\n\"properties\": {\n\"a\": {\n\"type\": \"string\"}}}"),
      Compatibility::kBackward);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, Errc::kConflict);
  EXPECT_THAT(Places(checked.error()), ElementsAre("/required/0:3", "/properties/a/type:6"));
  EXPECT_THAT(checked.error().errors[0].detail, HasSubstr("\"a\" is required"));
  EXPECT_THAT(checked.error().errors[1].detail, HasSubstr("the type integer is not allowed"));
}

TEST(Compatibility, NoneAllowsEverything) {
  EXPECT_TRUE(CheckCompatible(*Compiled(R"({"type": "string"})"), *Compiled("false"),
                              Compatibility::kNone));
}

TEST(Compatibility, WhatIsTheSameFitsBothWays) {
  const char* same = R"({"type": "object", "required": ["a"], "properties": {"a": {"$ref":
      "#/$defs/x"}}, "$defs": {"x": {"anyOf": [{"type": "null"}, {"pattern": "a", "not":
      {"const": 1}}], "properties": {"y": {"$ref": "#/$defs/x"}}}}})";
  EXPECT_TRUE(Full(same, same));
}

TEST(Compatibility, ANewPropertyIsFineUnlessItIsRequired) {
  EXPECT_TRUE(Backward(R"({"properties": {"a": {}}})",
                       R"({"properties": {"a": {}, "b": {"type": "string"}}})"));
  EXPECT_FALSE(Backward(R"({"properties": {"a": {}}})",
                        R"({"properties": {"a": {}, "b": {}}, "required": ["b"]})"));
  EXPECT_TRUE(Backward(R"({"required": ["a", "b"]})", R"({"required": ["a"]})"));
}

TEST(Compatibility, FullAsksTheReadersOfTheOldVersionToo) {
  const char* closed = R"({"properties": {"a": {}}, "additionalProperties": false})";
  const char* wider = R"({"properties": {"a": {}, "b": {}}, "additionalProperties": false})";
  EXPECT_TRUE(Backward(closed, wider));
  EXPECT_FALSE(Full(closed, wider));
  EXPECT_TRUE(Full(R"({"properties": {"a": {}}})", R"({"properties": {"a": {}, "b": {}}})"));
  EXPECT_FALSE(Full(R"({"required": ["a"]})", R"({"required": []})"));
}

TEST(Compatibility, ClosingAnObjectBreaksWhatWasOpen) {
  EXPECT_FALSE(Backward("{}", R"({"additionalProperties": false})"));
  EXPECT_TRUE(Backward(R"({"additionalProperties": false})", R"({"additionalProperties": true})"));
  EXPECT_FALSE(Backward(R"({"properties": {"a": {}}, "additionalProperties": false})",
                        R"({"properties": {}, "additionalProperties": false})"));
  EXPECT_TRUE(Backward(R"({"additionalProperties": {"type": "integer"}})",
                       R"({"additionalProperties": {"type": "number"}})"));
}

TEST(Compatibility, TypesMayWidenOnly) {
  EXPECT_TRUE(Backward(R"({"type": "integer"})", R"({"type": "number"})"));
  EXPECT_FALSE(Backward(R"({"type": "number"})", R"({"type": "integer"})"));
  EXPECT_TRUE(Backward(R"({"type": "string"})", R"({"type": ["string", "null"]})"));
  EXPECT_FALSE(Full(R"({"type": "string"})", R"({"type": ["string", "null"]})"));
}

TEST(Compatibility, ValuesMayBeAddedAndNotTaken) {
  EXPECT_TRUE(Backward(R"({"enum": ["a"]})", R"({"enum": ["a", "b"]})"));
  EXPECT_FALSE(Backward(R"({"enum": ["a", "b"]})", R"({"enum": ["a"]})"));
  EXPECT_TRUE(Backward(R"({"const": "a"})", R"({"enum": ["a", "b"]})"));
  EXPECT_TRUE(Backward(R"({"enum": ["a", "b"]})", R"({"type": "string", "minLength": 1})"));
  EXPECT_FALSE(Backward(R"({"type": "string"})", R"({"enum": ["a"]})"));
}

TEST(Compatibility, BoundsMayLoosenOnly) {
  EXPECT_TRUE(Backward(R"({"minimum": 5, "maximum": 6})", R"({"minimum": 1, "maximum": 9})"));
  EXPECT_FALSE(Backward(R"({"minimum": 1})", R"({"minimum": 2})"));
  EXPECT_FALSE(Backward(R"({"minimum": 1})", R"({"exclusiveMinimum": 1})"));
  EXPECT_TRUE(Backward(R"({"exclusiveMaximum": 1})", R"({"maximum": 1})"));
  EXPECT_FALSE(Backward(R"({"type": "string"})", R"({"maxLength": 10})"));
  EXPECT_TRUE(Backward(R"({"type": "string"})", R"({"maxItems": 10})"));
  EXPECT_TRUE(Backward(R"({"multipleOf": 4})", R"({"multipleOf": 2})"));
  EXPECT_FALSE(Backward(R"({"multipleOf": 2})", R"({"multipleOf": 4})"));
  EXPECT_FALSE(Backward(R"({"minItems": 1})", R"({"minItems": 1, "uniqueItems": true})"));
}

TEST(Compatibility, NestedObjectsArraysAndReferencesAreFollowed) {
  const char* older =
      R"({"properties": {"list": {"items": {"$ref": "#/$defs/x"}}}, "$defs": {"x": {"type": "object", "required": ["id"]}}})";
  EXPECT_TRUE(Backward(older, R"({"properties": {"list": {"items": {"type": "object"}}}})"));
  EXPECT_FALSE(
      Backward(older, R"({"properties": {"list": {"items": {"required": ["id", "name"]}}}})"));
  EXPECT_FALSE(Backward(R"({"type": "array", "items": [{"type": "string"}]})",
                        R"({"items": {"type": "string"}})"));
  EXPECT_TRUE(
      Backward(R"({"type": "array", "items": [{"type": "string"}], "additionalItems": false})",
               R"({"items": {"type": "string"}})"));
}

TEST(Compatibility, AlternativesMayBeAdded) {
  EXPECT_TRUE(Backward(R"({"anyOf": [{"type": "string"}]})",
                       R"({"anyOf": [{"type": "null"}, {"type": "string"}]})"));
  EXPECT_FALSE(Backward(R"({"anyOf": [{"type": "null"}, {"type": "string"}]})",
                        R"({"anyOf": [{"type": "string"}]})"));
  EXPECT_TRUE(Backward(R"({"oneOf": [{"type": "null"}, {"type": "string"}]})",
                       R"({"type": ["null", "string"]})"));
  EXPECT_TRUE(Backward(R"({"allOf": [{"type": "string"}, {"minLength": 3}]})",
                       R"({"minLength": 2, "type": "string"})") ||
              Backward(R"({"allOf": [{"type": "string", "minLength": 3}]})",
                       R"({"minLength": 2, "type": "string"})"));
}

TEST(Compatibility, WhatCannotBeComparedMustStayAsItWas) {
  EXPECT_TRUE(Backward(R"({"pattern": "^a"})", R"({"pattern": "^a"})"));
  EXPECT_FALSE(Backward(R"({"pattern": "^a"})", R"({"pattern": "^[ab]"})"));
  EXPECT_TRUE(Backward(R"({"pattern": "^a"})", "{}"));
  EXPECT_FALSE(Backward(R"({"type": "string"})", R"({"format": "email"})"));
  EXPECT_TRUE(Backward(R"({"type": "string"})", R"({"format": "my-remark"})"));
  EXPECT_FALSE(Backward("{}", R"({"if": {"type": "string"}, "then": {"minLength": 1}})"));
  EXPECT_FALSE(Backward("{}", R"({"not": {"type": "string"}})"));
}

TEST(Compatibility, SchemasOfThemselvesAreComparedOnce) {
  const char* tree =
      R"({"type": "object", "properties": {"next": {"$ref": "#"}, "v": {"maximum": 9}}})";
  EXPECT_TRUE(Full(tree, tree));
  EXPECT_FALSE(Backward(tree, R"({"properties": {"next": {"$ref": "#"}, "v": {"maximum": 8}}})"));
}

TEST(Compatibility, RulesHaveThreeNames) {
  EXPECT_EQ(ParseCompatibility("full").value(), Compatibility::kFull);
  EXPECT_EQ(ParseCompatibility("forward").error().code, Errc::kInvalidArgument);
}

}  // namespace
}  // namespace notify::schema
