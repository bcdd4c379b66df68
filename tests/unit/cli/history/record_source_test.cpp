#include "cli/history/record_source.hpp"

#include <gtest/gtest.h>

#include "tests/unit/cli/history/text_input.hpp"

namespace notify::cli::history {
namespace {

using testing_support::TextInput;

std::vector<Record> All(std::unique_ptr<RecordSource> source) {
  std::vector<Record> records;
  for (Record record; source->Next(record).value();) records.push_back(record);
  return records;
}

std::vector<Record> Elements(const std::string& text) {
  return All(ReadArray(TextInput::Of(text)));
}

Error ArrayError(const std::string& text) {
  const auto source = ReadArray(TextInput::Of(text));
  for (Record record;;) {
    const auto read = source->Next(record);
    if (!read) return read.error();
    if (!*read) return Fail(Errc::kInternal, "It was read.");
  }
}

TEST(Ndjson, NumbersLinesAsAnEditorDoes) {
  const auto records = All(ReadNdjson(TextInput::Of("{\"a\":1}\n\n  \n{\"b\":2}\r\n{\"c\":3}")));
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[1].number, 4U);
  EXPECT_EQ(records[1].json, "{\"b\":2}");
  EXPECT_EQ(records[2].number, 5U);
}

TEST(Ndjson, ALineAboveTheLimitIsARecordWithAProblem) {
  const std::string large(kMostRecordBytes + 1, 'x');
  const auto records = All(ReadNdjson(TextInput::Of(large + "\n{}\n", 64 << 10)));
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].code, Errc::kEventTooLarge);
  EXPECT_EQ(records[1].json, "{}");
}

TEST(Array, CutsElementsWhereverLinesAreBroken) {
  const auto records = Elements(" [ {\"a\" :\n[1,\r\n2]} ,\n\"x,]\\\"\", 3 ] \n");
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[0].json, "{\"a\" : [1,  2]} ");
  EXPECT_EQ(records[1].json, "\"x,]\\\"\"");
  EXPECT_EQ(records[2].number, 3U);
}

TEST(Array, MayBeEmpty) { EXPECT_TRUE(Elements("[ ]").empty()); }

TEST(Array, ALineFeedInAStringStaysAMistake) {
  const auto records = Elements("[\"a\nb\", 2]");
  ASSERT_EQ(records.size(), 2U);
  EXPECT_TRUE(records[0].json.empty());
  EXPECT_NE(records[0].problem.find("line feed"), std::string::npos);
}

TEST(Array, WhatIsNotOneArrayEndsTheReading) {
  for (const auto* text : {"{}", "[1", "[1] 2", "[1}", ""}) {
    EXPECT_EQ(ArrayError(text).code, Errc::kInvalidJson) << text;
  }
}

}  // namespace
}  // namespace notify::cli::history
