#include <gtest/gtest.h>

#include <set>

#include "common/signalr/messagepack_hub_protocol.hpp"
#include "tests/unit/common/signalr/hub_vectors.hpp"
#include "tests/unit/common/signalr/messagepack_bytes.hpp"

namespace notify::signalr {
namespace {

using nlohmann::json;

class MessagePackHubVectors : public HubVectorsTest {
 protected:
  MessagePackHubVectors() : HubVectorsTest("msgpack-hub-protocol.json") {}

  static std::string Wire(const json& entry) {
    return Framed(Bytes(entry["hex"].get<std::string>()));
  }
  std::string Rewritten(const json& entry) { return Rewrite(protocol_, Wire(entry)); }

  // What nlohmann, which is not ours, reads in one message.
  static json Decoded(const std::string& wire) { return json::from_msgpack(wire.substr(1)); }

  const MessagePackHubProtocol protocol_;
};

// JSON tells no float32 from an integer: 42 comes back as one.
const std::set<std::string> kFloats = {"StreamItemWithNoHeadersAndFloatItem",
                                       "CompletionWithNoHeadersAndFloatResult"};

TEST_F(MessagePackHubVectors, EachValidMessageIsWrittenByteForByteAsTheReferenceDoes) {
  ASSERT_GE(vectors_["valid"].size(), 33U);
  for (const auto& entry : vectors_["valid"]) {
    if (kFloats.count(entry["name"]) > 0) continue;
    EXPECT_EQ(Hex(Rewritten(entry)), Hex(Wire(entry))) << entry["name"];
  }
}

TEST_F(MessagePackHubVectors, AFloatComesBackAsTheSameNumber) {
  std::size_t found = 0;
  for (const auto& entry : vectors_["valid"]) {
    if (kFloats.count(entry["name"]) == 0) continue;
    ++found;
    EXPECT_EQ(Decoded(Rewritten(entry)), entry["decoded"]) << entry["name"];
  }
  EXPECT_EQ(found, kFloats.size());
}

TEST_F(MessagePackHubVectors, ItemsBehindTheKnownOnesAreIgnored) {
  ASSERT_FALSE(vectors_["valid_parse_only"].empty());
  for (const auto& entry : vectors_["valid_parse_only"]) {
    json expected = Decoded(Wire(entry));
    expected.erase(expected.begin() + 6, expected.end());
    EXPECT_EQ(Decoded(Rewritten(entry)), expected) << entry["name"];
  }
}

TEST_F(MessagePackHubVectors, AMessageThatIsNotWholeIsLeftThere) {
  ASSERT_FALSE(vectors_["partial_frame_not_consumed"].empty());
  for (const auto& entry : vectors_["partial_frame_not_consumed"]) {
    const auto parsed = Parse(protocol_, Bytes(entry["framed_hex"].get<std::string>()));
    EXPECT_TRUE(std::holds_alternative<NeedMore>(parsed.value())) << entry["name"];
  }
}

TEST_F(MessagePackHubVectors, EachInvalidMessageIsRefusedInTheReferencesWords) {
  ASSERT_GE(vectors_["invalid"].size(), 36U);
  for (const auto& entry : vectors_["invalid"]) {
    const auto parsed = Parse(protocol_, Wire(entry));
    ASSERT_FALSE(parsed) << entry["name"];
    EXPECT_EQ(parsed.error().code, Errc::kInvalidArgument) << entry["name"];
    EXPECT_EQ(parsed.error().detail, entry["reference_error"]) << entry["name"];
  }
}

TEST_F(MessagePackHubVectors, ArgumentsThatFitNoMethodAreNoProtocolError) {
  ASSERT_GE(vectors_["binding_errors"].size(), 10U);
  for (const auto& entry : vectors_["binding_errors"]) {
    json expected = Decoded(Wire(entry));
    if (expected.size() < 5 || !expected[4].is_array()) expected[4] = json::array();
    expected[5] = json::array();
    EXPECT_EQ(Decoded(Rewritten(entry)), expected) << entry["name"];
  }
}

TEST_F(MessagePackHubVectors, LengthsAreReadAsTheSpecificationHasThem) {
  ASSERT_GE(vectors_["spec_examples_framing"].size(), 3U);
  for (const auto& entry : vectors_["spec_examples_framing"]) {
    const std::string prefix = Bytes(entry["varint_hex"].get<std::string>());
    const std::size_t size = entry["value"];
    std::string_view input = prefix;
    EXPECT_EQ(TakeFrame(input, size - 1).error().code, Errc::kBodyTooLarge) << entry;
    EXPECT_FALSE(TakeFrame(input, size).value()) << entry;
  }
}

}  // namespace
}  // namespace notify::signalr
