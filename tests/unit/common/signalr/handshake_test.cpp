#include "common/signalr/handshake.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/common/signalr/vectors.hpp"

namespace notify::signalr {
namespace {

Result<std::optional<HandshakeRequest>> ParseRequest(std::string_view bytes) {
  return ParseHandshakeRequest(bytes);
}

Result<std::optional<HandshakeResponse>> ParseResponse(std::string_view bytes) {
  return ParseHandshakeResponse(bytes);
}

class HandshakeVectors : public testing::Test {
 protected:
  void SetUp() override {
    vectors_ = SignalRVectors("handshake.json");
    if (vectors_.is_null())
      GTEST_SKIP() << "No vectors: set NOTIFY_VECTORS to the folder that holds them.";
  }

  nlohmann::json vectors_;
};

TEST_F(HandshakeVectors, ValidRequestsAreRead) {
  for (const auto& entry : vectors_.at("request_valid")) {
    const auto request = ParseRequest(entry["data"].get_ref<const std::string&>());
    ASSERT_TRUE(request && *request) << entry;
    EXPECT_EQ((*request)->protocol, entry["protocol"]);
    EXPECT_EQ((*request)->version, entry["version"]);
  }
}

TEST_F(HandshakeVectors, IncompleteRequestsWaitForMore) {
  for (const auto& entry : vectors_.at("request_incomplete")) {
    const auto request = ParseRequest(entry.get_ref<const std::string&>());
    ASSERT_TRUE(request) << entry;
    EXPECT_FALSE(*request) << entry;
  }
}

TEST_F(HandshakeVectors, InvalidRequestsAreRefusedInTheReferencesWords) {
  for (const auto& entry : vectors_.at("request_invalid")) {
    const auto request = ParseRequest(entry["data"].get_ref<const std::string&>());
    ASSERT_FALSE(request) << entry;
    EXPECT_EQ(request.error().detail, entry["reference_error"]);
  }
}

TEST_F(HandshakeVectors, SuccessIsTheReferencesBytes) {
  std::string out;
  AppendHandshakeResponse(out);
  EXPECT_EQ(out, vectors_.at("response_success_reference_bytes"));
}

TEST(Handshake, LeavesTheHubMessagesBehindIt) {
  const std::string bytes = "{\"protocol\":\"json\",\"version\":1}\x1e{\"type\":6}\x1e";
  std::string_view input = bytes;
  EXPECT_TRUE(ParseHandshakeRequest(input).value());
  EXPECT_EQ(input, "{\"type\":6}\x1e");
}

TEST(Handshake, TakesNothingUntilTheRequestIsWhole) {
  std::string bytes;
  AppendHandshakeRequest(bytes, "messagepack", 2);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    std::string_view input = std::string_view(bytes).substr(0, size);
    EXPECT_FALSE(ParseHandshakeRequest(input).value()) << size;
    EXPECT_EQ(input.size(), size);
  }
}

TEST(Handshake, ReadsTheRequestThatAClientWrites) {
  std::string bytes;
  AppendHandshakeRequest(bytes, "json", 2);
  EXPECT_EQ(bytes, "{\"protocol\":\"json\",\"version\":2}\x1e");
  EXPECT_EQ(ParseRequest(bytes).value()->version, 2);
}

TEST(Handshake, ReadsTheErrorThatAServerWrites) {
  std::string bytes;
  AppendHandshakeResponse(bytes, "The protocol 'x' is not \"supported\".");
  EXPECT_EQ(ParseResponse(bytes).value()->error, "The protocol 'x' is not \"supported\".");
}

TEST(Handshake, ReadsSuccessWithPropertiesThatItDoesNotKnow) {
  EXPECT_FALSE(ParseResponse("{\"minorVersion\":0}\x1e").value()->error);
}

TEST(Handshake, RefusesAHubMessageInPlaceOfAResponse) {
  EXPECT_EQ(ParseResponse("{\"type\":6}\x1e").error().code, Errc::kInvalidArgument);
}

TEST(Handshake, RefusesAnErrorThatIsNoString) { EXPECT_FALSE(ParseResponse("{\"error\":1}\x1e")); }

TEST(Handshake, RefusesOneThatIsTooLongBeforeItEnds) {
  const std::string long_start(kMaxHandshakeBytes + 1, ' ');
  EXPECT_EQ(ParseRequest(long_start).error().code, Errc::kBodyTooLarge);
}

TEST(Handshake, RefusesWhatIsNoJson) {
  EXPECT_EQ(ParseRequest("{\"protocol\":\"json\",\"version\":1\x1e").error().code,
            Errc::kInvalidJson);
  EXPECT_EQ(ParseRequest("\x1e").error().code, Errc::kInvalidJson);
}

}  // namespace
}  // namespace notify::signalr
