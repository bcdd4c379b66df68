#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/signalr/json_hub_protocol.hpp"
#include "tests/unit/common/signalr/vectors.hpp"

// The reference server's own test values (vectors/signalr).
namespace notify::signalr {
namespace {

using nlohmann::json;

class HubVectors : public testing::Test {
 protected:
  void SetUp() override {
    vectors_ = SignalRVectors("json-hub-protocol.json");
    if (vectors_.is_null())
      GTEST_SKIP() << "No vectors: set NOTIFY_VECTORS to the folder that holds them.";
  }

  // Parses one message and writes it again, without the terminator.
  static std::string Rewrite(const std::string& text) {
    const std::string bytes = text + kRecordSeparator;
    std::string_view input = bytes;
    std::string values;
    const auto parsed = JsonHubProtocol().Parse(input, values);
    if (!parsed) return parsed.error().detail;
    if (!std::holds_alternative<HubMessage>(*parsed) || !input.empty()) return "no message";
    std::string out;
    JsonHubProtocol().Append(out, std::get<HubMessage>(*parsed));
    return out.substr(0, out.size() - 1);
  }

  json vectors_;
};

TEST_F(HubVectors, EachValidMessageIsWrittenByteForByteAsTheReferenceDoes) {
  ASSERT_GE(vectors_["valid"].size(), 38U);
  for (const auto& entry : vectors_["valid"]) {
    EXPECT_EQ(Rewrite(entry["json"]), entry["json"]) << entry["name"];
  }
}

TEST_F(HubVectors, PropertiesMayComeInAnyOrder) {
  ASSERT_GE(vectors_["valid_out_of_order"].size(), 5U);
  for (const auto& entry : vectors_["valid_out_of_order"]) {
    auto expected = json::parse(entry["json"].get<std::string>());
    expected.erase("extraParameter");
    EXPECT_EQ(json::parse(Rewrite(entry["json"])), expected) << entry["name"];
  }
}

TEST_F(HubVectors, UnknownTypesAreIgnored) {
  ASSERT_FALSE(vectors_["unknown_type_ignored"].empty());
  for (const auto& entry : vectors_["unknown_type_ignored"]) {
    const std::string bytes = entry.get<std::string>() + kRecordSeparator;
    std::string_view input = bytes;
    std::string values;
    const auto parsed = JsonHubProtocol().Parse(input, values);
    ASSERT_TRUE(parsed) << entry;
    EXPECT_TRUE(std::holds_alternative<IgnoredMessage>(*parsed)) << entry;
  }
}

TEST_F(HubVectors, EachInvalidMessageIsRefusedInTheReferencesWords) {
  ASSERT_GE(vectors_["invalid"].size(), 27U);
  for (const auto& entry : vectors_["invalid"]) {
    const std::string bytes = entry["json"].get<std::string>() + kRecordSeparator;
    std::string_view input = bytes;
    std::string values;
    const auto parsed = JsonHubProtocol().Parse(input, values);
    ASSERT_FALSE(parsed) << entry;
    EXPECT_THAT(parsed.error().detail,
                testing::StartsWith(entry["reference_error"].get<std::string>()))
        << entry;
  }
}

TEST_F(HubVectors, ArgumentsThatFitNoMethodAreNoProtocolError) {
  ASSERT_GE(vectors_["binding_errors"].size(), 8U);
  for (const auto& entry : vectors_["binding_errors"]) {
    EXPECT_EQ(json::parse(Rewrite(entry["json"])), json::parse(entry["json"].get<std::string>()));
  }
}

}  // namespace
}  // namespace notify::signalr
