#include "agent/pipeline/send_request.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace notify::agent::pipeline {
namespace {

constexpr std::string_view kSmall =
    R"({"template": "t", "audience": {"user": "alice"}, "data": {"a": 1}})";

std::string Refusal(std::string_view body, bool test = false) {
  const auto parsed = ParseSendRequest(body, test);
  return parsed ? "" : parsed.error().errors.front().pointer;
}

TEST(SendRequest, FillsInWhatIsLeftOut) {
  const auto request = ParseSendRequest(kSmall, false);
  ASSERT_TRUE(request) << request.error().detail;
  EXPECT_EQ(request->channels, std::vector<std::string>{"in_app"});
  EXPECT_EQ(request->priority, "medium");
  EXPECT_FALSE(request->dry_run);
}

TEST(SendRequest, NamesEachMistake) {
  EXPECT_EQ(Refusal(R"({"audience": {"tenant": true}})"), "/template");
  EXPECT_EQ(Refusal(R"({"template": "t", "audience": {"userFrom": "/x"}})"), "/audience");
  EXPECT_EQ(Refusal(R"({"template": "t", "audience": {"tenant": true}, "data": []})"), "/data");
  EXPECT_EQ(Refusal(R"({"template": "t", "audience": {"tenant": true}, "to": 1})"), "/to");
  EXPECT_EQ(Refusal(R"({"template": "t", "audience": {"tenant": true}, "send": true})"), "/send");
}

TEST(SendRequest, AWebhookNeedsItsSecretToBeSent) {
  constexpr std::string_view kBody =
      R"({"template": "t", "audience": {"webhook": {"url": "https://x.example"}}})";
  EXPECT_EQ(Refusal(kBody), "/audience");
  EXPECT_EQ(Refusal(kBody, true), "");
}

TEST(SendRequest, ATestSendsOnlyWhenItSaysSo) {
  EXPECT_TRUE(ParseSendRequest(kSmall, true)->dry_run);
  const auto sent =
      ParseSendRequest(R"({"template": "t", "audience": {"user": "alice"}, "send": true})", true);
  EXPECT_FALSE(sent->dry_run);
  EXPECT_TRUE(sent->test);
}

TEST(SendRequest, ComesBackFromItsEventWithoutTheSecret) {
  const auto request = ParseSendRequest(
      R"({"template": "t", "priority": "HIGH", "data": {"a": [1]}, "audience": {"webhook":
          {"url": "https://x.example", "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}}})",
      false);
  const std::string data = RequestedData(*request);
  EXPECT_EQ(data.find("whsec"), std::string::npos);
  const auto back = FromRequestedData(nlohmann::json::parse(data));
  ASSERT_TRUE(back) << back.error().detail;
  EXPECT_EQ(back->audience.url, "https://x.example");
  EXPECT_EQ(back->priority, "high");
  EXPECT_EQ(back->data_json, R"({"a":[1]})");
}

}  // namespace
}  // namespace notify::agent::pipeline
