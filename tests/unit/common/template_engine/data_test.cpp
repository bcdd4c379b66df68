#include "common/template_engine/data.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace notify::template_engine {
namespace {

using ::testing::HasSubstr;

std::string Keys(std::string_view json) {
  const auto data = Data::Parse(json);
  std::string keys;
  for (const Member& member : data->value().members()) keys += std::string(member.key.text()) + " ";
  return keys;
}

std::string AsJson(const Result<Data>& data) {
  if (!data) return "!" + data.error().detail;
  std::string out;
  AppendJson(data->value(), out);
  return out;
}

std::string NumberText(double number) {
  std::string out;
  AppendNumber(number, out);
  return out;
}

TEST(Data, KeysStandAsInJavaScript) {
  EXPECT_EQ(Keys(R"({"b":1,"10":1,"a":1,"2":1,"01":1,"":1})"), "2 10 b a 01  ");
}

TEST(Data, TheLastOfTwoEqualKeysWinsInThePlaceOfTheFirst) {
  EXPECT_EQ(AsJson(Data::Parse(R"({"a":1,"b":2,"a":3,"b":4,"a":5})")), R"({"a":5,"b":4})");
}

TEST(Data, LargeObjectsFindEveryKey) {
  nlohmann::json object;
  for (int i = 0; i < 500; ++i) object["key" + std::to_string(i * 7 % 500)] = i;
  const Data data = Data::From(object);
  for (const auto& [key, value] : object.items()) {
    EXPECT_EQ(data.value().Find(key).number(), value.get<double>()) << key;
  }
  EXPECT_TRUE(data.value().Find("key500").is_undefined());
}

TEST(Data, NumbersAreWrittenAsJavaScriptWritesThem) {
  EXPECT_EQ(NumberText(1e21), "1e+21");
  EXPECT_EQ(NumberText(123456789012345680000.0), "123456789012345680000");
  EXPECT_EQ(NumberText(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(NumberText(1e-6), "0.000001");
  EXPECT_EQ(NumberText(1.5e-7), "1.5e-7");
  EXPECT_EQ(NumberText(-0.0), "0");
  EXPECT_EQ(NumberText(-12345.678), "-12345.678");
  EXPECT_EQ(NumberText(5e-324), "5e-324");
}

TEST(Data, TextsHaveLengthAndCharactersInUtf16Units) {
  const auto data = Data::Parse(R"({"a":"xé😀"})");
  const Value text = data->value().Find("a");
  EXPECT_EQ(text.Find("length").number(), 4);
  EXPECT_EQ(text.Find("1").text(), "é");
  EXPECT_EQ(text.Find("3").text(), "\xEF\xBF\xBD");
  EXPECT_TRUE(text.Find("4").is_undefined());
}

TEST(Data, WhatIsNoJsonIsRefused) {
  EXPECT_THAT(Data::Parse("{\"a\":").error().detail, HasSubstr("not JSON"));
  EXPECT_EQ(Data::Parse("\"\xFF\"").error().code, Errc::kInvalidJson);
}

TEST(Data, YamlIsTypedByTheCoreSchema) {
  EXPECT_EQ(
      AsJson(Data::ParseYaml("a: 1\nb: '1'\nc: 1.5e3\nd: true\ne: ~\nf: 007\ng: [x, {h: no}]\ni:")),
      R"({"a":1,"b":"1","c":1500,"d":true,"e":null,"f":"007","g":["x",{"h":"no"}],"i":null})");
  EXPECT_EQ(AsJson(Data::ParseYaml("")), "null");
}

TEST(Data, YamlTraps) {
  EXPECT_THAT(AsJson(Data::ParseYaml("a: &x 1\nb: *x")), HasSubstr("anchor"));
  EXPECT_THAT(AsJson(Data::ParseYaml("a: 1\na: 2")),
              HasSubstr("line 2: the key \"a\" stands twice"));
  EXPECT_THAT(AsJson(Data::ParseYaml("a: 1\n---\nb: 2")), HasSubstr("more than one document"));
  EXPECT_THAT(AsJson(Data::ParseYaml("a: [1")), HasSubstr("not YAML"));
  EXPECT_THAT(AsJson(Data::ParseYaml("? [a]\n: b")), HasSubstr("a key must be a text"));
}

}  // namespace
}  // namespace notify::template_engine
