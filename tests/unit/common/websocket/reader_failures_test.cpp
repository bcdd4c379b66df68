#include <gtest/gtest.h>

#include "common/websocket/message_reader.hpp"
#include "tests/unit/common/websocket/transcript.hpp"

// The refused cases of the Autobahn groups: 2 pings, 3 reserved bits, 4 opcodes, 5 fragmentation,
// 6 UTF-8, 7 close, 9 limits. `Read` feeds each one whole, byte by byte and in pieces of 7.
namespace notify::websocket {
namespace {

const Transcript kProtocolError = {"failed:1002"};
const Transcript kInvalidText = {"failed:1007"};
const Transcript kTooBig = {"failed:1009"};

// A masked frame with its first byte replaced.
std::string WithFirstByte(int first, std::string_view payload = "") {
  std::string frame = Masked(Opcode::kText, payload);
  frame[0] = static_cast<char>(first);
  return frame;
}

// A masked text frame's header with the length written in `width` bytes.
std::string WithLength(std::uint64_t length, int width) {
  std::string header = {'\x81', static_cast<char>(0x80 | (width == 2 ? 126 : 127))};
  for (int i = width - 1; i >= 0; --i) header += static_cast<char>((length >> (8 * i)) & 0xFF);
  return header;
}

std::string Close(std::string_view payload) { return Masked(Opcode::kClose, payload); }

TEST(ReaderFailure, EachReservedBit) {
  for (const int bits : {0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70}) {
    EXPECT_EQ(Read(WithFirstByte(0x81 | bits, "x")), kProtocolError) << bits;
    EXPECT_EQ(Read(WithFirstByte(0x89 | bits)), kProtocolError) << bits;
    EXPECT_EQ(Read(WithFirstByte(0x88 | bits)), kProtocolError) << bits;
  }
}

TEST(ReaderFailure, Rsv1OnAControlFrameOrContinuationEvenWhereNegotiated) {
  ReaderOptions options;
  options.rsv1_allowed = true;
  EXPECT_EQ(Read(WithFirstByte(0xC9), options), kProtocolError);
  EXPECT_EQ(Read(Masked(Opcode::kText, "a", false) + WithFirstByte(0xC0), options), kProtocolError);
}

TEST(ReaderFailure, EachReservedOpcodeAlsoAfterAGoodMessage) {
  for (const int opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
    EXPECT_EQ(Read(WithFirstByte(0x80 | opcode)), kProtocolError) << opcode;
    EXPECT_EQ(Read(Masked(Opcode::kText, "ok") + WithFirstByte(0x80 | opcode, "x")),
              (Transcript{"text:ok", "failed:1002"}))
        << opcode;
  }
}

TEST(ReaderFailure, AControlFrameOfMoreThan125Bytes) {
  auto ping = Masked(Opcode::kBinary, std::string(126, 'x'));
  ping[0] = '\x89';
  EXPECT_EQ(Read(ping), kProtocolError);
}

TEST(ReaderFailure, AFragmentedControlFrame) {
  EXPECT_EQ(Read(WithFirstByte(0x09, "x")), kProtocolError);
  EXPECT_EQ(Read(WithFirstByte(0x0A, "x")), kProtocolError);
  EXPECT_EQ(Read(WithFirstByte(0x08)), kProtocolError);
}

TEST(ReaderFailure, AContinuationOfNothing) {
  EXPECT_EQ(Read(Masked(Opcode::kContinuation, "x")), kProtocolError);
  EXPECT_EQ(Read(Masked(Opcode::kContinuation, "x", false)), kProtocolError);
  EXPECT_EQ(Read(Masked(Opcode::kText, "a") + Masked(Opcode::kContinuation, "x")),
            (Transcript{"text:a", "failed:1002"}));
}

TEST(ReaderFailure, ANewMessageInsideAFragmentedOne) {
  EXPECT_EQ(Read(Masked(Opcode::kText, "a", false) + Masked(Opcode::kText, "b")), kProtocolError);
  EXPECT_EQ(Read(Masked(Opcode::kText, "a", false) + Masked(Opcode::kPing, "p") +
                 Masked(Opcode::kBinary, "b")),
            (Transcript{"ping:p", "failed:1002"}));
}

TEST(ReaderFailure, AFrameOfAClientThatIsNotMasked) {
  EXPECT_EQ(Read(Plain(Opcode::kText, "x")), kProtocolError);
}

TEST(ReaderFailure, AFrameOfAServerThatIsMasked) {
  EXPECT_EQ(Read(Masked(Opcode::kText, "x"), ClientOptions()), kProtocolError);
}

TEST(ReaderFailure, ALengthThatIsNotInItsShortestForm) {
  EXPECT_EQ(Read(WithLength(125, 2)), kProtocolError);
  EXPECT_EQ(Read(WithLength(0, 2)), kProtocolError);
  EXPECT_EQ(Read(WithLength(126, 8)), kProtocolError);
  EXPECT_EQ(Read(WithLength(65535, 8)), kProtocolError);
}

TEST(ReaderFailure, ALengthWithItsTopBitSet) {
  EXPECT_EQ(Read(WithLength(1ULL << 63, 8)), kProtocolError);
}

TEST(ReaderFailure, AFrameAboveTheLimitAsSoonAsItsHeaderIsThere) {
  ReaderOptions options;
  options.max_frame_bytes = 100;
  EXPECT_EQ(Read(Masked(Opcode::kText, std::string(100, 'x')), options).front().substr(0, 5),
            "text:");
  EXPECT_EQ(Read(Masked(Opcode::kText, std::string(101, 'x')).substr(0, 2), options), kTooBig);
  EXPECT_EQ(Read(WithLength(1ULL << 40, 8)), kTooBig);
}

TEST(ReaderFailure, AMessageAboveTheLimitHoweverItIsCut) {
  ReaderOptions options;
  options.max_message_bytes = 10;
  const auto start =
      Masked(Opcode::kText, "12345", false) + Masked(Opcode::kContinuation, "6789", false);
  EXPECT_EQ(Read(start + Masked(Opcode::kContinuation, "0"), options),
            Transcript{"text:1234567890"});
  EXPECT_EQ(Read(start + Masked(Opcode::kContinuation, "01"), options), kTooBig);
  EXPECT_EQ(Read(Masked(Opcode::kText, "12345678901"), options), kTooBig);
}

TEST(ReaderFailure, PingsDoNotCountTowardsTheMessage) {
  ReaderOptions options;
  options.max_message_bytes = 4;
  EXPECT_EQ(Read(Masked(Opcode::kText, "123", false) + Masked(Opcode::kPing, "long enough") +
                     Masked(Opcode::kContinuation, "4"),
                 options),
            (Transcript{"ping:long enough", "text:1234"}));
}

TEST(ReaderFailure, TextThatIsNotUtf8) {
  for (const std::string_view bad :
       {"\xCE\xBA\xED\xA0\x80", "\xC0\x80", "\xF4\x90\x80\x80", "\xFF", "ab\x80", "\xE2\x82"}) {
    EXPECT_EQ(Read(Masked(Opcode::kText, bad)), kInvalidText) << bad;
    EXPECT_EQ(Read(Masked(Opcode::kText, bad, false) + Masked(Opcode::kContinuation, "")),
              kInvalidText);
  }
}

TEST(ReaderFailure, TextFailsBeforeItsMessageIsComplete) {
  EXPECT_EQ(
      Read(Masked(Opcode::kText, "good", false) + Masked(Opcode::kContinuation, "\xF4\x90", false)),
      kInvalidText);
}

TEST(ReaderFailure, TextFailsBeforeItsFrameIsComplete) {
  const auto frame = Masked(Opcode::kText, "\u03ba\xF4\x90\x80\x80 and a lot more");
  EXPECT_EQ(Read(frame.substr(0, 2 + 4 + 4)), kInvalidText);
  EXPECT_EQ(Read(frame.substr(0, 2 + 4 + 3)), Transcript{});
}

TEST(ReaderFailure, ACloseWithHalfACode) { EXPECT_EQ(Read(Close("\x03")), kProtocolError); }

TEST(ReaderFailure, ACloseCodeThatMayNotBeSent) {
  for (const int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535}) {
    const std::string payload = {static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
    EXPECT_EQ(Read(Close(payload)), kProtocolError) << code;
  }
}

TEST(ReaderFailure, ACloseReasonThatIsNotUtf8) {
  EXPECT_EQ(Read(Close(ClosePayload(CloseCode::kNormal, "\xCE\xBA\xED\xA0\x80"))), kInvalidText);
}

TEST(ReaderFailure, NothingFollowsIt) {
  EXPECT_EQ(Read(WithFirstByte(0x83) + Masked(Opcode::kText, "late")), kProtocolError);
}

}  // namespace
}  // namespace notify::websocket
