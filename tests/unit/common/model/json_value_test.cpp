#include "common/model/json_value.hpp"

#include <gtest/gtest.h>

namespace notify {
namespace {

std::string RoundTrip(std::string_view json) { return JsonValue::Parse(json).value().Compact(); }

TEST(JsonValue, KeepsNumbersOrderAndDuplicatesAsTheyWere) {
  for (const auto* json :
       {R"({"b":1,"a":2,"b":3})", "[1.10,1e400,123456789012345678901234567890,-0.0]",
        R"(["é\n\"\\",null,true,{}])", "[]", "\"\""}) {
    EXPECT_EQ(RoundTrip(json), json);
  }
}

TEST(JsonValue, RefusesWhatIsNotOneDocumentAndSaysWhere) {
  for (const auto* json : {"", "{", "[1,]", "{} {}", "nul", "\"\xff\"", "{\"a\":1,}"}) {
    EXPECT_EQ(JsonValue::Parse(json).error().code, Errc::kInvalidJson) << json;
  }
  EXPECT_NE(JsonValue::Parse("{\n  \"a\": x}").error().detail.find("line 2"), std::string::npos);
}

TEST(JsonValue, RefusesDepthInsteadOfRunningOutOfStack) {
  EXPECT_EQ(JsonValue::Parse(std::string(100'000, '[')).error().code, Errc::kJsonTooDeep);
}

TEST(JsonValue, PathsFindMembersWhoseNamesHaveDots) {
  const auto value = JsonValue::Parse(R"({"config":{"hub.payload":"data"},"n":7})").value();
  EXPECT_EQ(value.Text("config.hub.payload"), "data");
  EXPECT_EQ(value.Integer("n"), 7);
  EXPECT_EQ(value.Text("config.missing"), "");
}

TEST(JsonValue, PrettyPrintsTwoSpacesALevel) {
  EXPECT_EQ(JsonValue::Parse(R"({"a":[1],"b":{}})").value().Pretty(),
            "{\n  \"a\": [\n    1\n  ],\n  \"b\": {}\n}");
}

TEST(JsonValue, BuildsObjectsAndReplacesMembers) {
  auto value = JsonValue::Object();
  value.Set("a", 1).Set("b", "x").Set("a", true).SetText("none", "");
  EXPECT_EQ(value.Compact(), R"({"a":true,"b":"x"})");
}

}  // namespace
}  // namespace notify
