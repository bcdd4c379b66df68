#include "cli/client/http_message.hpp"

#include <gtest/gtest.h>

namespace notify::cli::client {
namespace {

struct Outcome {
  bool good = true;
  bool done = false;
  std::string body;
};

Outcome Read(std::string_view text, std::size_t piece, bool ended = false) {
  AnswerReader reader;
  Outcome outcome;
  for (std::size_t at = 0; at < text.size() && outcome.good; at += piece) {
    outcome.good = reader.Feed(text.substr(at, piece)).has_value();
    outcome.body += reader.TakeBody();
  }
  if (ended) outcome.good = outcome.good && reader.FeedEnd().has_value();
  outcome.done = reader.done();
  return outcome;
}

constexpr std::string_view kChunked =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: t\r\n\r\n";

TEST(AnswerReader, BodiesAreTheSameWhereverReadsCut) {
  for (std::size_t piece = 1; piece <= kChunked.size(); ++piece) {
    const auto outcome = Read(kChunked, piece);
    EXPECT_TRUE(outcome.good && outcome.done) << piece;
    EXPECT_EQ(outcome.body, "abcde") << piece;
  }
}

TEST(AnswerReader, ALengthEndsTheBodyAndMoreBytesAreNotOfIt) {
  const auto outcome = Read("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabHTTP/1.1", 100);
  EXPECT_TRUE(outcome.done);
  EXPECT_EQ(outcome.body, "ab");
}

TEST(AnswerReader, NoContentHasNoBody) {
  EXPECT_TRUE(Read("HTTP/1.1 204 No Content\r\n\r\n", 7).done);
  EXPECT_TRUE(Read("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 7).done);
}

TEST(AnswerReader, WithoutALengthTheConnectionsEndEndsTheBody) {
  EXPECT_FALSE(Read("HTTP/1.1 200 OK\r\n\r\nabc", 100).done);
  EXPECT_TRUE(Read("HTTP/1.1 200 OK\r\n\r\nabc", 100, true).done);
}

TEST(AnswerReader, AnEndInTheMiddleIsAnError) {
  EXPECT_FALSE(Read("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", 100, true).good);
  EXPECT_FALSE(Read(kChunked.substr(0, 60), 100, true).good);
  EXPECT_FALSE(Read("HTTP/1.1 200", 100, true).good);
}

TEST(AnswerReader, ChunksThatAreNoneAreErrors) {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const auto* body :
       {"x\r\n", "\r\n", "3\r\nabcX\r\n", "fffffffffffffffff\r\n", "-1\r\n", "3x\r\n"}) {
    EXPECT_FALSE(Read(head + body, 1).good) << body;
  }
  EXPECT_FALSE(Read(head + std::string(40'000, '1'), 1000).good);
}

}  // namespace
}  // namespace notify::cli::client
