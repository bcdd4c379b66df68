#include <gtest/gtest.h>

#include "cli/client/event_source.hpp"

namespace notify::cli::client {
namespace {

std::vector<SseMessage> Parse(std::string_view text, std::size_t piece = 0) {
  SseParser parser;
  std::vector<SseMessage> messages;
  if (piece == 0) piece = text.size();
  for (std::size_t at = 0; at < text.size(); at += piece) {
    parser.Feed(text.substr(at, piece), messages);
  }
  return messages;
}

TEST(SseParser, CutsMessagesAtEmptyLines) {
  const auto messages = Parse("retry: 2000\n\nid: 1-7\ndata: {\"a\":1}\n\nid: 1-8\ndata: x\n\n");
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(messages[0].id, "1-7");
  EXPECT_EQ(messages[0].data, "{\"a\":1}");
  EXPECT_EQ(messages[1].data, "x");
}

TEST(SseParser, ResultDoesNotDependOnWhereReadsCut) {
  const std::string_view text =
      "\xEF\xBB\xBF: hi\r\nid: 1-7\r\nevent: gap\rdata: a\r\ndata:b\r\n\r\n";
  for (std::size_t piece = 1; piece < text.size(); ++piece) {
    const auto messages = Parse(text, piece);
    ASSERT_EQ(messages.size(), 1U) << piece;
    EXPECT_EQ(messages[0].event, "gap");
    EXPECT_EQ(messages[0].data, "a\nb");
  }
}

TEST(SseParser, ABlockWithOnlyAnIdMovesThePosition) {
  const auto messages = Parse("id: 1-9\n\n");
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_FALSE(messages[0].has_data);
  EXPECT_EQ(messages[0].id, "1-9");
}

TEST(SseParser, ABlockThatIsCutOffIsNeverGiven) {
  EXPECT_TRUE(Parse("id: 1-7\ndata: half").empty());
  EXPECT_TRUE(Parse("id: 1-7\ndata: whole but open\n").empty());
}

TEST(SseParser, CommentsAndUnknownFieldsAreNothing) {
  EXPECT_TRUE(Parse(": keep-alive\n\nfoo: bar\n\n").empty());
}

TEST(SseParser, KeepsTheWaitThatTheServerAsksFor) {
  SseParser parser;
  std::vector<SseMessage> messages;
  parser.Feed("retry: 2000\n\nretry: soon\n\n", messages);
  EXPECT_EQ(parser.retry(), std::chrono::milliseconds(2000));
}

}  // namespace
}  // namespace notify::cli::client
