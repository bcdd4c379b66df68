#include "cli/hub/lines.hpp"

#include <gtest/gtest.h>

namespace notify::cli::hub {
namespace {

using output::Format;

const client::HubCall kCall{.method = "rate.updated", .arguments = {R"({"rate":1.50})", "\"x\""}};

TEST(HubLinesTest, ACallIsOneObjectALineForMachines) {
  EXPECT_EQ(CallLine(kCall, Format::kNdjson),
            "{\"method\":\"rate.updated\",\"arguments\":[{\"rate\":1.50},\"x\"]}\n");
  EXPECT_EQ(CallLine(kCall, Format::kJson), CallLine(kCall, Format::kNdjson));
  EXPECT_EQ(CallLine({.method = "bye"}, Format::kJson), "{\"method\":\"bye\",\"arguments\":[]}\n");
  EXPECT_EQ(CallLine(kCall, Format::kName), "rate.updated\n");
}

TEST(HubLinesTest, ACallIsMethodAndArgumentsForPeople) {
  EXPECT_EQ(CallLine(kCall, Format::kTable), "rate.updated          {\"rate\":1.50}  \"x\"\n");
}

TEST(HubLinesTest, AMethodWithControlCharactersCannotWriteToTheTerminal) {
  EXPECT_EQ(CallLine({.method = "a\x1b[2Jb"}, Format::kName), "a [2Jb\n");
  EXPECT_EQ(CallLine({.method = "a\n\x1b"}, Format::kTable).find('\x1b'), std::string::npos);
}

TEST(HubLinesTest, AnItemIsAsItCameForMachinesAndWithoutQuotesForPeople) {
  EXPECT_EQ(ItemLine("\"a b\"", Format::kNdjson), "\"a b\"\n");
  EXPECT_EQ(ItemLine("\"a b\"", Format::kTable), "a b\n");
  EXPECT_EQ(ItemLine(R"({"a":1})", Format::kTable), "{\"a\":1}\n");
  EXPECT_EQ(ItemLine(R"({"a":1})", Format::kYaml), "---\na: 1\n");
}

TEST(HubLinesTest, NoResultIsNothingForPeopleAndNullForMachines) {
  EXPECT_EQ(ResultText(std::nullopt, Format::kTable), "");
  EXPECT_EQ(ResultText(std::nullopt, Format::kName), "");
  EXPECT_EQ(ResultText(std::nullopt, Format::kJson), "null\n");
  EXPECT_EQ(ResultText(std::nullopt, Format::kNdjson), "null\n");
}

TEST(HubLinesTest, AResultIsPrintedInTheFormatThatWasAskedFor) {
  EXPECT_EQ(ResultText("\"x\"", Format::kTable), "x\n");
  EXPECT_EQ(ResultText("\"x\"", Format::kJson), "\"x\"\n");
  EXPECT_EQ(ResultText("[1,2]", Format::kJson), "[\n  1,\n  2\n]\n");
  EXPECT_EQ(ResultText("[1,2]", Format::kNdjson), "[1,2]\n");
  EXPECT_EQ(ResultText("12.50", Format::kTable), "12.50\n");
}

}  // namespace
}  // namespace notify::cli::hub
