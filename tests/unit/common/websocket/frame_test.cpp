#include "common/websocket/frame.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/common/websocket/transcript.hpp"

namespace notify::websocket {
namespace {

TEST(Frame, IsWhatTheRfcShows) {
  EXPECT_EQ(Plain(Opcode::kText, "Hello"), Bytes({0x81, 0x05}) + "Hello");
  EXPECT_EQ(Plain(Opcode::kText, "Hel", false), Bytes({0x01, 0x03}) + "Hel");
  EXPECT_EQ(Plain(Opcode::kContinuation, "lo"), Bytes({0x80, 0x02}) + "lo");
  EXPECT_EQ(Plain(Opcode::kPing, "Hello"), Bytes({0x89, 0x05}) + "Hello");
  EXPECT_EQ(Masked(Opcode::kText, "Hello"),
            Bytes({0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58}));
}

TEST(Frame, UsesTheShortestLengthForm) {
  EXPECT_EQ(Plain(Opcode::kBinary, std::string(125, 'x')).substr(0, 2), Bytes({0x82, 125}));
  EXPECT_EQ(Plain(Opcode::kBinary, std::string(126, 'x')).substr(0, 4), Bytes({0x82, 126, 0, 126}));
  EXPECT_EQ(Plain(Opcode::kBinary, std::string(65535, 'x')).substr(0, 4),
            Bytes({0x82, 126, 0xFF, 0xFF}));
  EXPECT_EQ(Plain(Opcode::kBinary, std::string(65536, 'x')).substr(0, 10),
            Bytes({0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0}));
}

TEST(Frame, AppendsToWhatIsThere) {
  std::string out = Plain(Opcode::kPing, "");
  AppendMaskedFrame(out, Opcode::kText, "Hello", kKey);
  EXPECT_EQ(out, Plain(Opcode::kPing, "") + Masked(Opcode::kText, "Hello"));
}

TEST(Frame, IsFinishedInPlaceForEachLength) {
  for (const std::size_t size : {0U, 1U, 125U, 126U, 65535U, 65536U}) {
    const std::string payload(size, 'x');
    std::string buffer = std::string(kHeaderRoom, '\0') + payload;
    const auto frame = FinishFrame(buffer, Opcode::kText);
    EXPECT_EQ(frame, Plain(Opcode::kText, payload)) << size;
    EXPECT_EQ(frame.data() + frame.size(), buffer.data() + buffer.size()) << size;
  }
}

TEST(Mask, TwiceIsTheSameAgainWhateverTheCut) {
  const std::string plain = "The quick brown fox jumps over the lazy dog";
  std::string whole = plain;
  ApplyMask(whole, kKey);
  for (std::size_t cut = 0; cut <= plain.size(); ++cut) {
    std::string cut_text = plain;
    ApplyMask(std::span(cut_text).first(cut), kKey);
    ApplyMask(std::span(cut_text).subspan(cut), kKey, cut);
    EXPECT_EQ(cut_text, whole) << cut;
  }
  ApplyMask(whole, kKey);
  EXPECT_EQ(whole, plain);
}

TEST(ClosePayload, HasTheCodeThenTheReason) {
  EXPECT_EQ(ClosePayload(CloseCode::kNormal, "bye"), Bytes({0x03, 0xE8}) + "bye");
  EXPECT_EQ(ClosePayload(CloseCode::kNoStatus, "lost"), "");
}

TEST(ClosePayload, NeverCarriesACodeThatMayNotBeSent) {
  EXPECT_EQ(ClosePayload(CloseCode::kAbnormal), Bytes({0x03, 0xEA}));
}

TEST(ClosePayload, CutsALongReasonAtACharacter) {
  const std::string reason = std::string(122, 'x') + "\u05e9 and more";
  EXPECT_EQ(ClosePayload(CloseCode::kPolicy, reason).substr(2), std::string(122, 'x'));
  EXPECT_EQ(ClosePayload(CloseCode::kPolicy, std::string(200, 'x')).size(), kMaxControlBytes);
}

}  // namespace
}  // namespace notify::websocket
