#include "cli/yaml.hpp"

#include <gtest/gtest.h>

namespace notify::cli {
namespace {

std::string Json(std::string_view yaml) { return FromYaml(yaml, "f.yaml").value().Compact(); }

TEST(Yaml, TypesPlainScalarsByTheCoreSchema) {
  EXPECT_EQ(Json("a: 1\nb: 1.5\nc: true\nd: ~\ne: no\nf: '7'\ng: 2026-06-01\nh: 007"),
            R"({"a":1,"b":1.5,"c":true,"d":null,"e":"no","f":"7","g":"2026-06-01","h":"007"})");
}

TEST(Yaml, ReadsJson) { EXPECT_EQ(Json(R"({"a":[1,"x",{}]})"), R"({"a":[1,"x",{}]})"); }

TEST(Yaml, WhatIsWrittenReadsBackTheSame) {
  const auto value =
      Value::Parse(R"({"t":"true","n":"12","e":"","y":"yes","nl":"a\nb","u":"é: x","a":[],"o":{},)"
                   R"("z":null,"f":1.5,"deep":[{"k":[1,2]}],"time":"2026-06-01T00:00:00Z"})")
          .value();
  EXPECT_EQ(FromYaml(ToYaml(value), "f").value().Compact(), value.Compact());
}

TEST(Yaml, ErrorNamesFileLineAndColumn) {
  const auto error = FromYaml("a: 1\nb: [", "tenant.yaml").error();
  EXPECT_EQ(error.code, Errc::kInvalidArgument);
  EXPECT_NE(error.detail.find("tenant.yaml, line"), std::string::npos) << error.detail;
}

TEST(Yaml, RefusesAliasesThatMultiply) {
  std::string text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 9; ++i) {
    const auto before = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int j = 0; j < 9; ++j) text += "," + before;
    text += "]\n";
  }
  EXPECT_FALSE(FromYaml(text, "bomb.yaml").has_value());
}

}  // namespace
}  // namespace notify::cli
