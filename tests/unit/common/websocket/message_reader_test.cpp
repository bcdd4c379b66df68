#include "common/websocket/message_reader.hpp"

#include <gtest/gtest.h>

#include "tests/unit/common/websocket/transcript.hpp"

// The good cases of the Autobahn groups: 1 framing, 2 pings, 5 fragmentation, 6 UTF-8, 7 close.
// `Read` feeds each one whole, byte by byte and in pieces of 7.
namespace notify::websocket {
namespace {

TEST(MessageReader, ReadsEachLengthForm) {
  for (const std::size_t size : {0U, 1U, 125U, 126U, 127U, 128U, 65535U, 65536U}) {
    const std::string payload(size, '*');
    EXPECT_EQ(Read(Masked(Opcode::kText, payload)), Transcript{"text:" + payload}) << size;
    EXPECT_EQ(Read(Masked(Opcode::kBinary, payload)), Transcript{"binary:" + payload}) << size;
    EXPECT_EQ(Read(Plain(Opcode::kText, payload), ClientOptions()), Transcript{"text:" + payload});
  }
}

TEST(MessageReader, ReadsSeveralFramesFromOneInput) {
  EXPECT_EQ(Read(Masked(Opcode::kText, "a") + Masked(Opcode::kPing, "b") +
                 Masked(Opcode::kBinary, "c") + Masked(Opcode::kPong, "")),
            (Transcript{"text:a", "ping:b", "binary:c", "pong:"}));
}

TEST(MessageReader, ReadsPingsOfEachAllowedLength) {
  for (const std::size_t size : {0U, 1U, 124U, 125U}) {
    const std::string payload(size, '\xFE');
    EXPECT_EQ(Read(Masked(Opcode::kPing, payload)), Transcript{"ping:" + payload}) << size;
  }
}

TEST(MessageReader, JoinsFragments) {
  EXPECT_EQ(
      Read(Masked(Opcode::kText, "frag", false) + Masked(Opcode::kContinuation, "ment", false) +
           Masked(Opcode::kContinuation, "ed")),
      Transcript{"text:fragmented"});
}

TEST(MessageReader, JoinsEmptyFragments) {
  EXPECT_EQ(Read(Masked(Opcode::kText, "", false) + Masked(Opcode::kContinuation, "mid", false) +
                 Masked(Opcode::kContinuation, "") + Masked(Opcode::kText, "next")),
            (Transcript{"text:mid", "text:next"}));
}

TEST(MessageReader, YieldsControlFramesBetweenFragments) {
  EXPECT_EQ(Read(Masked(Opcode::kBinary, "one", false) + Masked(Opcode::kPing, "p1") +
                 Masked(Opcode::kContinuation, "two", false) + Masked(Opcode::kPong, "p2") +
                 Masked(Opcode::kContinuation, "three")),
            (Transcript{"ping:p1", "pong:p2", "binary:onetwothree"}));
}

TEST(MessageReader, AcceptsACharacterThatIsCutBetweenFragments) {
  EXPECT_EQ(Read(Masked(Opcode::kText, "\xCE\xBA\xE1", false) +
                 Masked(Opcode::kContinuation, "\xBD", false) + Masked(Opcode::kPing, "") +
                 Masked(Opcode::kContinuation, "\xB9")),
            (Transcript{"ping:", "text:\u03ba\u1f79"}));
}

TEST(MessageReader, DoesNotCheckBinaryForUtf8) {
  EXPECT_EQ(Read(Masked(Opcode::kBinary, "\xFF\xFE")), Transcript{"binary:\xFF\xFE"});
}

TEST(MessageReader, ReadsACloseWithAndWithoutACode) {
  EXPECT_EQ(Read(Masked(Opcode::kClose, "")), Transcript{"close:1005:"});
  EXPECT_EQ(Read(Masked(Opcode::kClose, ClosePayload(CloseCode::kNormal, "Hello \u4e16"))),
            Transcript{"close:1000:Hello \u4e16"});
  EXPECT_EQ(
      Read(Masked(Opcode::kClose, ClosePayload(CloseCode::kGoingAway, std::string(123, '*')))),
      Transcript{"close:1001:" + std::string(123, '*')});
}

TEST(MessageReader, ReadsACloseInsideAMessage) {
  EXPECT_EQ(Read(Masked(Opcode::kText, "half", false) + Masked(Opcode::kClose, "")),
            Transcript{"close:1005:"});
}

TEST(MessageReader, AcceptsEveryCloseCodeThatMayBeSent) {
  for (const int code : {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014,
                         3000, 3999, 4000, 4999}) {
    EXPECT_EQ(Read(Masked(Opcode::kClose, ClosePayload(static_cast<CloseCode>(code)))),
              Transcript{"close:" + std::to_string(code) + ":"});
  }
}

TEST(MessageReader, IgnoresWhatFollowsAClose) {
  EXPECT_EQ(Read(Masked(Opcode::kClose, "") + Masked(Opcode::kText, "late") + "\xFF\xFF"),
            Transcript{"close:1005:"});
}

TEST(MessageReader, MarksCompressedMessagesWhereThatWasNegotiated) {
  ReaderOptions options;
  options.rsv1_allowed = true;
  auto frames = Masked(Opcode::kText, "\xFF", false) + Masked(Opcode::kContinuation, "\xFE");
  frames[0] = static_cast<char>(frames[0] | 0x40);
  EXPECT_EQ(Read(frames + Masked(Opcode::kText, "plain"), options),
            (Transcript{"compressed text:\xFF\xFE", "text:plain"}));
}

TEST(MessageReader, DoesNotCopyAMessageThatIsWholeInItsInput) {
  const ReaderOptions options;
  MessageReader reader(options);
  std::string bytes = Masked(Opcode::kText, "in place");
  std::span<char> input = bytes;
  EXPECT_EQ(reader.Next(input).payload.data(), bytes.data() + 6);
  EXPECT_TRUE(reader.Idle());
}

TEST(MessageReader, HoldsNothingOnceAMessageIsRead) {
  const ReaderOptions options;
  MessageReader reader(options);
  std::string bytes = Masked(Opcode::kText, "a") + Masked(Opcode::kText, "in two reads");
  std::span<char> first = std::span(bytes).first(12);
  EXPECT_EQ(Describe(reader.Next(first)), "text:a");
  EXPECT_EQ(Describe(reader.Next(first)), "none");
  EXPECT_FALSE(reader.Idle());
  std::span<char> rest = std::span(bytes).subspan(12);
  EXPECT_EQ(Describe(reader.Next(rest)), "text:in two reads");
  EXPECT_EQ(Describe(reader.Next(rest)), "none");
  EXPECT_TRUE(reader.Idle());
  EXPECT_LE(sizeof(MessageReader), 24U);
}

}  // namespace
}  // namespace notify::websocket
