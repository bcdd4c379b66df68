#include "cli/output/printer.hpp"

#include <gtest/gtest.h>

#include <array>

namespace notify::cli::output {
namespace {

constexpr std::array<Column, 2> kColumns = {{{"ID", "id"}, {"NOTE", "note", true}}};

class Printing : public ::testing::Test {
 protected:
  std::string List(std::string_view format, std::string_view json) {
    Streams streams = Streams::ForTest();
    Printer printer(streams, ParseFormat(format).value());
    printer.List(Value::Parse(json).value(), kColumns, "id", "Nothing here.");
    err_ = streams.err_text();
    return streams.out_text();
  }
  std::string err_;
};

constexpr std::string_view kPage = R"({"items":[{"id":"a","note":"n"},{"id":"b"}],"next":"c9"})";

TEST_F(Printing, AListInEachFormat) {
  EXPECT_EQ(List("table", kPage), "ID\na\nb\n");
  EXPECT_EQ(List("wide", kPage), "ID  NOTE\na   n\nb   -\n");
  EXPECT_EQ(List("ndjson", kPage), "{\"id\":\"a\",\"note\":\"n\"}\n{\"id\":\"b\"}\n");
  EXPECT_EQ(List("name", kPage), "a\nb\n");
  EXPECT_EQ(List("yaml", kPage), "items:\n  - id: a\n    note: \"n\"\n  - id: b\nnext: c9\n");
  EXPECT_EQ(Value::Parse(List("json", kPage)).value().Compact(), kPage);
}

TEST_F(Printing, PeopleAreToldThatThereIsMoreOrNothing) {
  List("table", kPage);
  EXPECT_NE(err_.find("--limit"), std::string::npos);
  EXPECT_EQ(List("table", R"({"items":[],"next":null})"), "");
  EXPECT_EQ(err_, "Nothing here.\n");
}

TEST_F(Printing, MachinesAreToldNothingOnStandardError) {
  EXPECT_NE(List("json", R"({"items":[],"next":null})"), "");
  EXPECT_EQ(err_, "");
}

TEST_F(Printing, UnknownFormatsAreUsageErrors) {
  EXPECT_EQ(ParseFormat("xml").error().code, Errc::kUsage);
}

}  // namespace
}  // namespace notify::cli::output
