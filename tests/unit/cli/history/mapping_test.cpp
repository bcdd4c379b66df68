#include "cli/history/mapping.hpp"

#include <gtest/gtest.h>

#include "cli/yaml.hpp"

namespace notify::cli::history {
namespace {

Value Row(std::string_view json) { return Value::Parse(json).value(); }

Result<Mapping> Parsed(std::string_view yaml) {
  return Mapping::Parse(FromYaml(yaml, "m.yaml").value(), "m.yaml");
}

std::string EventOf(std::string_view yaml, std::string_view row) {
  const auto event = Parsed(yaml).value().EventOf(Row(row));
  return event ? event->Compact() : event.error().detail;
}

std::string Time(const std::string& format, const std::string& text) {
  return EventOf("time: {column: t, format: " + format + "}", R"({"t":")" + text + "\"}");
}

TEST(Mapping, MakesAnEnvelopeOfColumnsAndConstants) {
  EXPECT_EQ(
      EventOf("type: {value: order.paid}\nid: order_id\ndata: {amount: {column: a, as: number}}",
              R"({"order_id":"o1","a":"12.50","note":"x"})"),
      R"({"type":"order.paid","id":"o1","data":{"amount":12.50}})");
}

TEST(Mapping, WithoutDataEveryOtherColumnIsInIt) {
  EXPECT_EQ(EventOf("type: {value: a.b}\nid: i", R"({"i":"1","x":"2","y":""})"),
            R"({"type":"a.b","id":"1","data":{"x":"2","y":""}})");
}

TEST(Mapping, TypesComeFromPrefixesAndTables) {
  EXPECT_EQ(EventOf("type: {column: k, prefix: order.}\ndata: {}", R"({"k":"paid"})"),
            R"({"type":"order.paid"})");
  EXPECT_EQ(EventOf("type: {column: k, values: {P: order.paid}}\ndata: {}", R"({"k":"P"})"),
            R"({"type":"order.paid"})");
  EXPECT_NE(EventOf("type: {column: k, values: {P: order.paid}}", R"({"k":"Q"})").find("'Q'"),
            std::string::npos);
}

TEST(Mapping, EmptyCellsAreLeftOutOrHaveADefault) {
  EXPECT_EQ(
      EventOf("userid: u\npriority: {column: p, default: low}\ndata: {}", R"({"u":"","p":null})"),
      R"({"priority":"low"})");
}

TEST(Mapping, TimesAreReadAsTheyAreWritten) {
  EXPECT_EQ(Time("rfc3339", "2024-01-02T03:04:05Z"), R"({"time":"2024-01-02T03:04:05Z"})");
  EXPECT_EQ(Time("sql", "2024-01-02 03:04:05.5+02"), R"({"time":"2024-01-02T03:04:05.5+02:00"})");
  EXPECT_EQ(Time("sql", "2024-01-02"), R"({"time":"2024-01-02T00:00:00Z"})");
  EXPECT_EQ(Time("unix", "1704164645"), R"({"time":"2024-01-02T03:04:05.000Z"})");
  EXPECT_EQ(Time("unix_ms", "1704164645007"), R"({"time":"2024-01-02T03:04:05.007Z"})");
}

TEST(Mapping, WhatIsNoTimeOrNumberIsSaidWithItsMember) {
  EXPECT_NE(Time("rfc3339", "yesterday").find("'time'"), std::string::npos);
  EXPECT_NE(Time("unix", "1e400").find("'time'"), std::string::npos);
  EXPECT_NE(EventOf("data: {n: {column: n, as: number}}", R"({"n":"0x10"})").find("'data.n'"),
            std::string::npos);
}

TEST(Mapping, JsonRowsKeepTheirTypes) {
  EXPECT_EQ(EventOf("type: {value: a.b}\ndata: {a: a, b: b}", R"({"a":1.50,"b":[true]})"),
            R"({"type":"a.b","data":{"a":1.50,"b":[true]}})");
}

TEST(Mapping, RefusesWhatIsNotAMappingWithTheNearestWord) {
  EXPECT_NE(Parsed("type: {colum: a}").error().detail.find("'column'"), std::string::npos);
  EXPECT_EQ(Parsed("Type: a").error().code, Errc::kInvalidArgument);
  EXPECT_EQ(Parsed("type: {column: a, value: b}").error().code, Errc::kInvalidArgument);
  EXPECT_EQ(Parsed("time: {column: a, format: julian}").error().code, Errc::kInvalidArgument);
}

TEST(Mapping, AColumnThatTheTableLacksIsNamedWithTheNearest) {
  const auto mapping = Parsed("type: {value: a.b}\nid: order_id").value();
  EXPECT_TRUE(mapping.Check({"order_id", "x"}));
  EXPECT_NE(mapping.Check({"orderid"}).error().detail.find("'orderid'"), std::string::npos);
}

}  // namespace
}  // namespace notify::cli::history
