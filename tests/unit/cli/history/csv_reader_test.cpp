#include "cli/history/csv_reader.hpp"

#include <gtest/gtest.h>

#include "cli/history/record_source.hpp"
#include "tests/unit/cli/history/text_input.hpp"

namespace notify::cli::history {
namespace {

using Fields = std::vector<std::string>;

std::vector<CsvRow> Rows(const std::string& text, std::size_t piece = 3) {
  CsvReader reader(testing_support::TextInput::Of(text, piece), ',');
  std::vector<CsvRow> rows;
  for (CsvRow row; reader.Next(row).value();) rows.push_back(row);
  return rows;
}

std::string Problem(const std::string& text) { return Rows(text).at(0).problem; }

TEST(CsvReader, EndsRowsAtEitherLineEndAndAtTheEnd) {
  const auto rows = Rows("a,b\r\nc,d\ne,f");
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].fields, (Fields{"a", "b"}));
  EXPECT_EQ(rows[2].fields, (Fields{"e", "f"}));
  EXPECT_EQ(rows[2].line, 3U);
}

TEST(CsvReader, QuotedFieldsHoldDelimitersQuotesAndLineFeeds) {
  const auto rows = Rows("\"a,\"\"b\"\"\r\nc\",d\nx,y\n");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].fields, (Fields{"a,\"b\"\r\nc", "d"}));
  EXPECT_EQ(rows[0].raw, "\"a,\"\"b\"\"\r\nc\",d");
  EXPECT_EQ(rows[1].line, 3U);
}

TEST(CsvReader, EmptyFieldsAreFieldsAndEmptyLinesAreNoRows) {
  const auto rows = Rows(",\n\n\r\n\"\",\n");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].fields, (Fields{"", ""}));
  EXPECT_EQ(rows[1].fields, (Fields{"", ""}));
  EXPECT_EQ(rows[1].line, 4U);
}

TEST(CsvReader, WhatIsNotWellFormedIsARowWithAProblem) {
  EXPECT_NE(Problem("a\"b,c\n").find("quote stands inside field 1"), std::string::npos);
  EXPECT_NE(Problem("x,\"a\"b\n").find("closing quote of field 2"), std::string::npos);
  EXPECT_NE(Problem("a\rb\n").find("carriage return"), std::string::npos);
  EXPECT_NE(Problem("\"a,b").find("ends inside"), std::string::npos);
}

TEST(CsvReader, GoesOnBehindABadRow) {
  const auto rows = Rows("a\"b,c\nd,e\n");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].raw, "a\"b,c");
  EXPECT_EQ(rows[1].fields, (Fields{"d", "e"}));
}

TEST(CsvReader, AQuoteThatIsNeverClosedCostsBoundedMemory) {
  const auto rows = Rows("\"" + std::string(2 * kMostRecordBytes, 'x') + "\na,b\n", 4096);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_NE(rows[0].problem.find("longer than"), std::string::npos);
  EXPECT_LE(rows[0].raw.size(), kMostRecordBytes);
  EXPECT_EQ(rows[1].fields, (Fields{"a", "b"}));
}

TEST(CsvReader, PassesOverAByteOrderMark) {
  EXPECT_EQ(Rows("\xEF\xBB\xBF"
                 "id,\"n\"\n")
                .at(0)
                .fields,
            (Fields{"id", "n"}));
}

TEST(CsvReader, ReadsTheSameHoweverItIsCut) {
  const std::string text = "a,\"b\"\"\n\",c\r\nd\"e\n\"\xEF\xBB\xBF\",z";
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    const auto whole = Rows(text, text.size());
    const auto cut = Rows(text, piece);
    ASSERT_EQ(cut.size(), whole.size());
    for (std::size_t i = 0; i < cut.size(); ++i) EXPECT_EQ(cut[i].fields, whole[i].fields);
  }
}

}  // namespace
}  // namespace notify::cli::history
