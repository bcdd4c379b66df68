#include <gtest/gtest.h>

#include <array>

#include "common/signalr/messagepack_hub_protocol.hpp"
#include "tests/unit/common/signalr/messagepack_bytes.hpp"

namespace notify::signalr {
namespace {

class MessagePackHubWrite : public testing::Test {
 protected:
  std::string Written(const HubMessage& message) {
    std::string out;
    protocol_.Append(out, message);
    return Hex(out);
  }

  static std::string Wire(std::string_view hex) { return Hex(Framed(Bytes(hex))); }

  MessagePackHubProtocol protocol_;
  std::string out_;
};

TEST_F(MessagePackHubWrite, IsNamedAndBinary) {
  EXPECT_EQ(protocol_.Name(), "messagepack");
  EXPECT_EQ(protocol_.Format(), TransferFormat::kBinary);
}

TEST_F(MessagePackHubWrite, AnInvocationHasSixItemsAndItsArgumentsTranslated) {
  const std::array<RawJson, 2> arguments = {R"({"amount":1.5})", "[2]"};
  protocol_.AppendInvocation(out_, "Receive", arguments);
  EXPECT_EQ(Hex(out_), Wire("96 01 80 c0 a7 52 65 63 65 69 76 65 92"
                            "81 a6 61 6d 6f 75 6e 74 cb 3f f8 00 00 00 00 00 00 91 02 90"));
}

TEST_F(MessagePackHubWrite, CompletionsHaveAResultAnErrorOrNeither) {
  protocol_.AppendResult(out_, "1", "null");
  protocol_.AppendVoidResult(out_, "2");
  protocol_.AppendError(out_, "3", "a\nb");
  EXPECT_EQ(Hex(out_), Wire("95 03 80 a1 31 03 c0") + Wire("94 03 80 a1 32 02") +
                           Wire("95 03 80 a1 33 01 a3 61 0a 62"));
}

TEST_F(MessagePackHubWrite, ShortFormsSayWhatTheMessagesSay) {
  const std::array<RawJson, 1> arguments = {"1"};
  protocol_.AppendInvocation(out_, "t", arguments);
  protocol_.AppendStreamItem(out_, "1", "[1]");
  protocol_.AppendResult(out_, "1", "{}");
  protocol_.AppendError(out_, "1", "e");
  protocol_.AppendPing(out_);
  protocol_.AppendClose(out_, "gone", true);
  EXPECT_EQ(Hex(out_), Written(Invocation{std::nullopt, "t", {"1"}, {}}) +
                           Written(StreamItem{"1", "[1]"}) +
                           Written(Completion{"1", "{}", std::nullopt}) +
                           Written(Completion{"1", std::nullopt, "e"}) + Written(Ping{}) +
                           Written(Close{"gone", true}));
}

TEST_F(MessagePackHubWrite, ACloseAlwaysHasThreeItems) {
  protocol_.AppendClose(out_, std::nullopt, false);
  EXPECT_EQ(Hex(out_), Wire("93 07 c0 c2"));
}

TEST_F(MessagePackHubWrite, APingIsThreeBytes) { EXPECT_EQ(Written(Ping{}), "029106"); }

TEST_F(MessagePackHubWrite, HeadersAreAMapWhereThereAreAny) {
  EXPECT_EQ(Written(CancelInvocation{"1", R"({"k":"v\n"})"}),
            Wire("93 05 81 a1 6b a2 76 0a a1 31"));
  EXPECT_EQ(Written(CancelInvocation{"1"}), Wire("93 05 80 a1 31"));
}

TEST_F(MessagePackHubWrite, NumbersAreWrittenWhole) {
  EXPECT_EQ(Written(Ack{INT64_MAX}), Wire("92 08 cf 7f ff ff ff ff ff ff ff"));
  EXPECT_EQ(Written(Sequence{146}), Wire("92 09 cc 92"));
}

TEST_F(MessagePackHubWrite, MessagesBehindEachOtherHaveTheirOwnLengths) {
  const std::string item = '"' + std::string(200, 'x') + '"';
  protocol_.AppendStreamItem(out_, "1", item);
  protocol_.AppendPing(out_);
  EXPECT_EQ(Hex(out_.substr(0, 9)), "cf01940280a131d9c8");
  EXPECT_EQ(out_.size(), 2U + 207U + 3U);
}

}  // namespace
}  // namespace notify::signalr
