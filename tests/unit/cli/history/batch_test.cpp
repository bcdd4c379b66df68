#include "cli/history/batch.hpp"

#include <gtest/gtest.h>

#include "tests/unit/cli/history/text_input.hpp"

namespace notify::cli::history {
namespace {

class BatcherTest : public ::testing::Test {
 protected:
  std::vector<Batch> All(const std::string& text, BatchLimits limits, std::uint64_t after = 0) {
    const auto source = ReadNdjson(testing_support::TextInput::Of(text, 64 << 10));
    Batcher batcher(*source, limits, after, false);
    std::vector<Batch> batches;
    for (Batch batch; batcher.Next(batch).value();) batches.push_back(batch);
    return batches;
  }
};

TEST_F(BatcherTest, ALineOfTheBodyIsALineOfTheFile) {
  const auto batches = All("{\"a\":1}\n\n\n{\"b\":2}\n", {});
  ASSERT_EQ(batches.size(), 1U);
  EXPECT_EQ(batches[0].body, "{\"a\":1}\n\n\n{\"b\":2}\n");
  EXPECT_EQ(batches[0].first, 1U);
  EXPECT_EQ(batches[0].last, 4U);
  EXPECT_EQ(batches[0].events, 2U);
}

TEST_F(BatcherTest, BatchesEndAtTheirLimits) {
  const auto by_count = All("1\n2\n3\n", {.events = 2});
  ASSERT_EQ(by_count.size(), 2U);
  EXPECT_EQ(by_count[1].first, 3U);
  EXPECT_EQ(All("111\n222\n333\n", {.bytes = 9}).size(), 2U);
}

TEST_F(BatcherTest, WhatWasAnsweredIsPassedOver) {
  const auto batches = All("1\n2\n3\n", {}, 2);
  ASSERT_EQ(batches.size(), 1U);
  EXPECT_EQ(batches[0].body, "3\n");
  EXPECT_EQ(batches[0].first, 3U);
}

TEST_F(BatcherTest, ARecordWithAProblemIsAnEmptyLine) {
  const auto batches = All("1\n" + std::string(kMostRecordBytes + 1, 'x') + "\n3\n", {});
  ASSERT_EQ(batches.size(), 1U);
  EXPECT_EQ(batches[0].body, "1\n\n3\n");
  ASSERT_EQ(batches[0].bad.size(), 1U);
  EXPECT_EQ(batches[0].bad[0].number, 2U);
}

TEST_F(BatcherTest, RecordTextIsFoundByItsNumber) {
  const auto batch = All("1\n\n33\n", {}).at(0);
  EXPECT_EQ(batch.RecordText(1), "1");
  EXPECT_EQ(batch.RecordText(3), "33");
  EXPECT_EQ(batch.RecordText(9), "");
}

TEST_F(BatcherTest, PiecesKeepTheNumbers) {
  const auto pieces = Split(All("1\n\n3\n4\n5\n", {}).at(0), 2);
  ASSERT_EQ(pieces.size(), 2U);
  EXPECT_EQ(pieces[0].body, "1\n\n3\n");
  EXPECT_EQ(pieces[1].body, "4\n5\n");
  EXPECT_EQ(pieces[1].first, 4U);
  EXPECT_EQ(pieces[1].last, 5U);
}

}  // namespace
}  // namespace notify::cli::history
