#include "common/websocket/inflater.hpp"

#include <gtest/gtest.h>

#include "common/websocket/deflater.hpp"
#include "tests/unit/common/websocket/transcript.hpp"

namespace notify::websocket {
namespace {

constexpr std::uint64_t kLimit = 1 << 20;

class InflaterTest : public ::testing::Test {
 protected:
  std::string Text(const std::string& payload, std::uint64_t limit = kLimit) {
    return Describe(inflater_.Inflate({EventKind::kText, true, {}, payload}, limit));
  }
  std::string Text(std::initializer_list<int> payload) { return Text(Bytes(payload)); }
  std::string Binary(const std::string& payload, std::uint64_t limit = kLimit) {
    return Describe(inflater_.Inflate({EventKind::kBinary, true, {}, payload}, limit));
  }
  static std::string Deflated(std::string_view message) {
    Deflater deflater;
    std::string out;
    deflater.Append(out, message);
    return out;
  }

  Inflater inflater_;
};

// RFC 7692 7.2.3.
TEST_F(InflaterTest, ReadsTheExamplesOfTheRfc) {
  EXPECT_EQ(Text({0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00}), "text:Hello");
  EXPECT_EQ(Text({0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00}), "text:Hello");
  EXPECT_EQ(Text({0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00}), "text:Hello");
  EXPECT_EQ(Text({0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00}),
            "text:Hello");
  EXPECT_EQ(Text({0x00}), "text:");
}

TEST_F(InflaterTest, ReadsTheRfcsFragmentedExampleOffTheWire) {
  ReaderOptions options = ClientOptions();
  options.rsv1_allowed = true;
  std::string wire = Bytes({0x41, 0x03, 0xf2, 0x48, 0xcd, 0x80, 0x04, 0xc9, 0xc9, 0x07, 0x00});
  MessageReader reader(options);
  std::span<char> input = wire;
  EXPECT_EQ(Describe(inflater_.Inflate(reader.Next(input), kLimit)), "text:Hello");
}

TEST_F(InflaterTest, RefusesAReferenceToTheMessageBefore) {
  EXPECT_EQ(Text({0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00}), "text:Hello");
  EXPECT_EQ(Text({0xf2, 0x00, 0x11, 0x00, 0x00}), "failed:1007");
}

TEST_F(InflaterTest, ReadsOnAfterAFinalBlock) {
  const std::string final_hello = Bytes({0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00});
  EXPECT_EQ(Text(final_hello + final_hello + Bytes({0x00})), "text:HelloHello");
  EXPECT_EQ(Text(final_hello + Deflated(" again")), "text:Hello again");
}

TEST_F(InflaterTest, ForgivesAPeerThatEndsAfterAFinalBlock) {
  EXPECT_EQ(Text({0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00}), "text:Hello");
}

TEST_F(InflaterTest, ForgivesAPeerThatLeavesTheTailInThePayload) {
  EXPECT_EQ(Text(Deflated("Hello") + Bytes({0x00, 0x00, 0xff, 0xff})), "text:Hello");
}

TEST_F(InflaterTest, TakesAnEmptyPayloadForAnEmptyMessage) { EXPECT_EQ(Text(""), "text:"); }

TEST_F(InflaterTest, RefusesWhatIsNotDeflated) {
  EXPECT_EQ(Text({0x07}), "failed:1007");                                // a reserved block type
  EXPECT_EQ(Text({0x00, 0x05, 0x00, 0x00, 0x00, 0x41}), "failed:1007");  // a length that lies
  EXPECT_EQ(Binary(std::string(100, '\xFF')), "failed:1007");
}

TEST_F(InflaterTest, RefusesAMessageThatIsCutShortAnywhere) {
  const std::string whole = Deflated("The quick brown fox jumps over the lazy dog");
  for (std::size_t size = 1; size + 1 < whole.size(); ++size) {
    EXPECT_EQ(Text(whole.substr(0, size)), "failed:1007") << size;
  }
}

TEST_F(InflaterTest, RefusesHalfAHeaderBehindTheLastBlock) {
  const std::string block = Bytes({0xfa, 0xf0, 0xf1, 0xd3, 0x67});  // then 6 bits of its end
  EXPECT_EQ(Binary(block + Bytes({0x00, 0x00})), "binary:\xF0\xF1\xF2\xF3");
  EXPECT_EQ(Binary(block + Bytes({0x00})), "failed:1007");
  EXPECT_EQ(Binary(block + Bytes({0xc0})), "failed:1007");
}

TEST_F(InflaterTest, IsGoodForTheNextMessageAfterAFailure) {
  EXPECT_EQ(Text({0x07}), "failed:1007");
  EXPECT_EQ(Text(Deflated("fine")), "text:fine");
}

TEST_F(InflaterTest, ChecksTextForUtf8ButNotBinary) {
  for (const std::string_view bad : {"\xFF", "ok\xC0\x80", "\xED\xA0\x80", "cut \xE2\x82"}) {
    EXPECT_EQ(Text(Deflated(bad)), "failed:1007") << bad;
    EXPECT_EQ(Binary(Deflated(bad)), "binary:" + std::string(bad)) << bad;
  }
  EXPECT_EQ(Text(Deflated("\u03ba\u1f79\u03c3")), "text:\u03ba\u1f79\u03c3");
}

TEST_F(InflaterTest, AcceptsACharacterAcrossItsBuffers) {
  std::string text(4095, 'x');  // the first piece ends inside the character
  text += "\u1f79";
  EXPECT_EQ(Text(Deflated(text)), "text:" + text);
}

TEST_F(InflaterTest, AllowsExactlyItsLimit) {
  for (const std::size_t limit : {0U, 1U, 100U, 4095U, 4096U, 4097U, 65536U}) {
    const std::string message(limit, 'x');
    EXPECT_EQ(Text(Deflated(message), limit), "text:" + message) << limit;
    EXPECT_EQ(Text(Deflated(message + 'x'), limit), "failed:1009") << limit;
  }
}

TEST_F(InflaterTest, KeepsToASmallLimitAfterALargeMessage) {
  const std::string large(50'000, 'x');
  EXPECT_EQ(Text(Deflated(large)), "text:" + large);
  EXPECT_EQ(Text(Deflated(std::string(11, 'x')), 10), "failed:1009");
}

TEST(Inflater, StopsABombAtItsLimit) {
  std::string bomb;
  Deflater(15).Append(bomb, std::string(20U << 20, '\0'));
  ASSERT_LT(bomb.size(), 128U << 10);
  Inflater inflater;
  const auto event = inflater.Inflate({EventKind::kBinary, true, {}, bomb}, 64 << 10);
  EXPECT_EQ(Describe(event), "failed:1009");
  EXPECT_LE(inflater.HeldBytes(), 2 * (64U << 10));
}

TEST(Inflater, LetsGoOfALargeMessageWithTheNext) {
  std::string large;
  Deflater().Append(large, std::string(900'000, 'x'));
  Inflater inflater;
  inflater.Inflate({EventKind::kText, true, {}, large}, kLimit);
  EXPECT_GE(inflater.HeldBytes(), 900'000U);
  inflater.Inflate({EventKind::kText, true, {}, ""}, kLimit);
  EXPECT_LE(inflater.HeldBytes(), 64U << 10);
}

}  // namespace
}  // namespace notify::websocket
