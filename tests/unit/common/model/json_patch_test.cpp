#include "common/model/json_patch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace notify {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

JsonValue Json(std::string_view text) { return JsonValue::Parse(text).value(); }

/// The patched document, or why not.
std::string Patched(std::string_view document, std::string_view operations) {
  std::vector<FieldError> errors;
  const JsonPatch patch = JsonPatch::Parse(Json(operations), "", errors);
  if (!errors.empty()) return errors.front().pointer + " " + errors.front().detail;
  JsonValue value = Json(document);
  const auto applied = patch.Apply(value);
  if (!applied) {
    EXPECT_EQ(value, Json(document));
  }
  return applied ? value.Compact() : applied.error().detail;
}

// The examples of RFC 6902, appendix A.
TEST(JsonPatchTest, TheExamplesOfTheRfc) {
  EXPECT_EQ(Patched(R"({"foo":"bar"})", R"([{"op":"add","path":"/baz","value":"qux"}])"),
            R"({"foo":"bar","baz":"qux"})");
  EXPECT_EQ(Patched(R"({"foo":["bar","baz"]})", R"([{"op":"add","path":"/foo/1","value":"qux"}])"),
            R"({"foo":["bar","qux","baz"]})");
  EXPECT_EQ(Patched(R"({"baz":"qux","foo":"bar"})", R"([{"op":"remove","path":"/baz"}])"),
            R"({"foo":"bar"})");
  EXPECT_EQ(Patched(R"({"foo":["bar","qux","baz"]})", R"([{"op":"remove","path":"/foo/1"}])"),
            R"({"foo":["bar","baz"]})");
  EXPECT_EQ(
      Patched(R"({"baz":"qux","foo":"bar"})", R"([{"op":"replace","path":"/baz","value":"boo"}])"),
      R"({"baz":"boo","foo":"bar"})");
  EXPECT_EQ(Patched(R"({"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}})",
                    R"([{"op":"move","from":"/foo/waldo","path":"/qux/thud"}])"),
            R"({"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}})");
  EXPECT_EQ(Patched(R"({"foo":["all","grass","cows","eat"]})",
                    R"([{"op":"move","from":"/foo/1","path":"/foo/3"}])"),
            R"({"foo":["all","cows","eat","grass"]})");
  EXPECT_EQ(Patched(R"({"baz":"qux","foo":["a",2,"c"]})",
                    R"([{"op":"test","path":"/baz","value":"qux"},
                        {"op":"test","path":"/foo/1","value":2.0}])"),
            R"({"baz":"qux","foo":["a",2,"c"]})");
  EXPECT_EQ(Patched(R"({"foo":["bar"]})", R"([{"op":"add","path":"/foo/-","value":["abc"]}])"),
            R"({"foo":["bar",["abc"]]})");
  EXPECT_EQ(Patched(R"({"/":9,"~1":10})", R"([{"op":"test","path":"/~01","value":10}])"),
            R"({"/":9,"~1":10})");
  EXPECT_EQ(Patched(R"({"a":1})", R"([{"op":"copy","from":"/a","path":"/b"}])"),
            R"({"a":1,"b":1})");
  EXPECT_EQ(Patched(R"({"a":1})", R"([{"op":"add","path":"","value":[3]}])"), "[3]");
}

TEST(JsonPatchTest, WhatCannotBeDoneChangesNothing) {
  EXPECT_THAT(Patched(R"({"a":1})", R"([{"op":"add","path":"/b","value":2},
                                        {"op":"remove","path":"/c"}])"),
              HasSubstr("Operation 2 (remove '/c') cannot be done: there is nothing to remove"));
  for (const auto* operation :
       {R"({"op":"test","path":"/a","value":"1"})", R"({"op":"add","path":"/x/y","value":1})",
        R"({"op":"add","path":"/a/y","value":1})", R"({"op":"add","path":"/l/3","value":1})",
        R"({"op":"add","path":"/l/01","value":1})", R"({"op":"replace","path":"/z","value":1})",
        R"({"op":"move","from":"/z","path":"/y"})", R"({"op":"copy","from":"/z","path":"/y"})"}) {
    EXPECT_THAT(Patched(R"({"a":1,"l":[1]})", "[" + std::string(operation) + "]"),
                HasSubstr("cannot be done"))
        << operation;
  }
}

TEST(JsonPatchTest, NeverGrowsADocumentWithoutBound) {
  std::string copies = "[";
  for (int i = 0; i < 40; ++i) {
    copies += std::string(i == 0 ? "" : ",") + R"({"op":"copy","from":"","path":"/-"})";
  }
  EXPECT_THAT(Patched("[1]", copies + "]"), HasSubstr("too large or too deep"));
  std::string nested = "[";
  for (int i = 0; i < 199; ++i) {
    nested += std::string(i == 0 ? "" : ",") + R"({"op":"move","from":"/a","path":"/b"},)" +
              R"({"op":"add","path":"/a","value":{}},{"op":"move","from":"/b","path":"/a/c"})";
    if (i == 65) break;  // 198 operations, 66 levels.
  }
  const std::string deep = R"({"a":)" + std::string(100, '[') + "1" + std::string(100, ']') + "}";
  EXPECT_THAT(Patched(deep, nested + "]"), HasSubstr("too large or too deep"));
}

TEST(JsonPatchTest, NamesEachMistake) {
  std::vector<FieldError> errors;
  JsonPatch::Parse(Json(R"([3, {"op":"jump"}, {"op":"add","path":"a"}, {"op":"move","path":"/a"},
                           {"op":"move","from":"/a","path":"/a/b"}])"),
                   "/patch", errors);
  std::vector<std::string> pointers;
  for (const FieldError& one : errors) pointers.push_back(one.pointer);
  EXPECT_THAT(pointers, ElementsAre("/patch/0", "/patch/1/op", "/patch/2/path", "/patch/2/value",
                                    "/patch/3/from", "/patch/4/path"));
  EXPECT_EQ(Patched("{}", "{}").substr(0, 15), " must be a list");
}

TEST(JsonPatchTest, KeepsTheDigitsOfWhatItDoesNotTouch) {
  EXPECT_EQ(Patched(R"({"n":12345678901234567890123.10,"a":1})",
                    R"([{"op":"move","from":"/a","path":"/b"}])"),
            R"({"n":12345678901234567890123.10,"b":1})");
}

// The examples of RFC 7396, appendix A.
TEST(MergePatchTest, TheExamplesOfTheRfc) {
  const std::vector<std::array<const char*, 3>> examples = {
      {R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
      {R"({"a":"b"})", R"({"a":null})", "{}"},
      {R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
      {R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
      {R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
      {R"(["a","b"])", R"(["c","d"])", R"(["c","d"])"},
      {R"({"e":null})", R"({"a":1})", R"({"e":null,"a":1})"},
      {"[1,2]", R"({"a":"b","c":null})", R"({"a":"b"})"},
      {"{}", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"}};
  for (const auto& [target, patch, result] : examples) {
    JsonValue value = Json(target);
    MergePatch(value, Json(patch));
    EXPECT_EQ(value.Compact(), result) << target << " " << patch;
  }
}

TEST(EqualJsonTest, NumbersByTheirValueAndObjectsInAnyOrder) {
  EXPECT_TRUE(EqualJson(Json(R"({"a":1,"b":[2]})"), Json(R"({"b":[2.00],"a":10e-1})")));
  EXPECT_TRUE(EqualJson(Json("-0"), Json("0.0e7")));
  EXPECT_FALSE(EqualJson(Json("1"), Json("10")));
  EXPECT_FALSE(EqualJson(Json(R"({"a":1})"), Json(R"({"a":1,"b":1})")));
  EXPECT_FALSE(EqualJson(Json("[1]"), Json("[1,1]")));
}

}  // namespace
}  // namespace notify
