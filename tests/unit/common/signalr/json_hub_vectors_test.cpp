#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/signalr/json_hub_protocol.hpp"
#include "tests/unit/common/signalr/hub_vectors.hpp"

namespace notify::signalr {
namespace {

using nlohmann::json;

class JsonHubVectors : public HubVectorsTest {
 protected:
  JsonHubVectors() : HubVectorsTest("json-hub-protocol.json") {}

  static Result<HubParse> Parsed(const std::string& text) {
    return Parse(JsonHubProtocol(), text + kRecordSeparator);
  }
  // Without the terminator.
  static std::string Rewritten(const std::string& text) {
    const std::string out = Rewrite(JsonHubProtocol(), text + kRecordSeparator);
    return out.substr(0, out.find(kRecordSeparator));
  }
};

TEST_F(JsonHubVectors, EachValidMessageIsWrittenByteForByteAsTheReferenceDoes) {
  ASSERT_GE(vectors_["valid"].size(), 38U);
  for (const auto& entry : vectors_["valid"]) {
    EXPECT_EQ(Rewritten(entry["json"]), entry["json"]) << entry["name"];
  }
}

TEST_F(JsonHubVectors, PropertiesMayComeInAnyOrder) {
  ASSERT_GE(vectors_["valid_out_of_order"].size(), 5U);
  for (const auto& entry : vectors_["valid_out_of_order"]) {
    auto expected = json::parse(entry["json"].get<std::string>());
    expected.erase("extraParameter");
    EXPECT_EQ(json::parse(Rewritten(entry["json"])), expected) << entry["name"];
  }
}

TEST_F(JsonHubVectors, UnknownTypesAreIgnored) {
  ASSERT_FALSE(vectors_["unknown_type_ignored"].empty());
  for (const auto& entry : vectors_["unknown_type_ignored"]) {
    const auto parsed = Parsed(entry);
    ASSERT_TRUE(parsed) << entry;
    EXPECT_TRUE(std::holds_alternative<IgnoredMessage>(*parsed)) << entry;
  }
}

TEST_F(JsonHubVectors, EachInvalidMessageIsRefusedInTheReferencesWords) {
  ASSERT_GE(vectors_["invalid"].size(), 27U);
  for (const auto& entry : vectors_["invalid"]) {
    const auto parsed = Parsed(entry["json"]);
    ASSERT_FALSE(parsed) << entry;
    EXPECT_THAT(parsed.error().detail,
                testing::StartsWith(entry["reference_error"].get<std::string>()))
        << entry;
  }
}

TEST_F(JsonHubVectors, ArgumentsThatFitNoMethodAreNoProtocolError) {
  ASSERT_GE(vectors_["binding_errors"].size(), 8U);
  for (const auto& entry : vectors_["binding_errors"]) {
    EXPECT_EQ(json::parse(Rewritten(entry["json"])), json::parse(entry["json"].get<std::string>()));
  }
}

}  // namespace
}  // namespace notify::signalr
