#include "cli/value.hpp"

#include <gtest/gtest.h>

namespace notify::cli {
namespace {

std::string RoundTrip(std::string_view json) { return Value::Parse(json).value().Compact(); }

TEST(Value, KeepsNumbersOrderAndDuplicatesAsTheyWere) {
  for (const auto* json :
       {R"({"b":1,"a":2,"b":3})", "[1.10,1e400,123456789012345678901234567890,-0.0]",
        R"(["é\n\"\\",null,true,{}])", "[]", "\"\""}) {
    EXPECT_EQ(RoundTrip(json), json);
  }
}

TEST(Value, RefusesWhatIsNotOneDocumentAndSaysWhere) {
  for (const auto* json : {"", "{", "[1,]", "{} {}", "nul", "\"\xff\"", "{\"a\":1,}"}) {
    EXPECT_EQ(Value::Parse(json).error().code, Errc::kInvalidJson) << json;
  }
  EXPECT_NE(Value::Parse("{\n  \"a\": x}").error().detail.find("line 2"), std::string::npos);
}

TEST(Value, RefusesDepthInsteadOfRunningOutOfStack) {
  EXPECT_EQ(Value::Parse(std::string(100'000, '[')).error().code, Errc::kJsonTooDeep);
}

TEST(Value, PathsFindMembersWhoseNamesHaveDots) {
  const auto value = Value::Parse(R"({"config":{"hub.payload":"data"},"n":7})").value();
  EXPECT_EQ(value.Text("config.hub.payload"), "data");
  EXPECT_EQ(value.Integer("n"), 7);
  EXPECT_EQ(value.Text("config.missing"), "");
}

TEST(Value, PrettyPrintsTwoSpacesALevel) {
  EXPECT_EQ(Value::Parse(R"({"a":[1],"b":{}})").value().Pretty(),
            "{\n  \"a\": [\n    1\n  ],\n  \"b\": {}\n}");
}

TEST(Value, BuildsObjectsAndReplacesMembers) {
  auto value = Value::Object();
  value.Set("a", 1).Set("b", "x").Set("a", true).SetText("none", "");
  EXPECT_EQ(value.Compact(), R"({"a":true,"b":"x"})");
}

}  // namespace
}  // namespace notify::cli
