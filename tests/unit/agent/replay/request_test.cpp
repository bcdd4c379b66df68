#include "agent/replay/request.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace notify::agent::replay {
namespace {

// 2026-06-30T12:00:00Z
constexpr Clock::WallTime kNow{std::chrono::seconds(1'782'820'800)};
constexpr auto kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

Result<Request> Parse(const std::string& body) { return ParseRequest(body, kNow); }

/// The pointer of the first mistake; empty where there is none.
std::string Mistake(const std::string& body) {
  const auto request = Parse(body);
  if (request) return {};
  return request.error().errors.empty() ? "-" : request.error().errors.front().pointer;
}

TEST(ReplayRequest, DurationsCountBackFromNow) {
  const auto request = Parse(R"({"since": "1h", "until": "30m", "target": {"user": "alice"}})");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->selection.since_ms, 1'782'817'200'000);
  EXPECT_EQ(request->selection.until_ms, 1'782'819'000'000);
}

TEST(ReplayRequest, FromAndToAreOtherNamesOfSinceAndUntil) {
  const auto request = Parse(
      R"({"from": "2026-06-30T11:00:00Z", "to": "2026-06-30T11:30:00Z", "target": {"user": "a"}})");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->selection.since_ms, 1'782'817'200'000);
  EXPECT_EQ(Mistake(R"({"since": "1h", "from": "1h", "target": {"user": "a"}})"), "/from");
}

TEST(ReplayRequest, HasADefaultRateUnlessASpeedIsGiven) {
  EXPECT_EQ(Parse(R"({"after": "0", "target": {"user": "a"}})")->pace().rate, 1000);
  EXPECT_EQ(Parse(R"({"after": "0", "speed": "max", "target": {"user": "a"}})")->pace().rate, 0);
  EXPECT_EQ(Parse(R"({"after": "0", "speed": "10x", "target": {"user": "a"}})")->pace().speed, 10);
}

TEST(ReplayRequest, NamesTheMistake) {
  EXPECT_EQ(Mistake(R"({"target": {"user": "a"}})"), "/since");
  EXPECT_EQ(Mistake(R"({"after": "0"})"), "/target");
  EXPECT_EQ(Mistake(R"({"after": "0", "target": {}})"), "/target");
  EXPECT_EQ(Mistake(R"({"after": "0", "target": {"user": "a", "tenant": "b"}})"), "/target");
  EXPECT_EQ(Mistake(R"({"after": "0", "target": {"tenant": "B!"}})"), "/target/tenant");
  EXPECT_EQ(Mistake(R"({"after": "x", "target": {"user": "a"}})"), "/after");
  EXPECT_EQ(Mistake(R"({"since": "soon", "target": {"user": "a"}})"), "/since");
  EXPECT_EQ(Mistake(R"({"after": "0", "rate": -1, "target": {"user": "a"}})"), "/rate");
  EXPECT_EQ(Mistake(R"({"after": "0", "rate": 0, "target": {"user": "a"}})"), "/rate");
  EXPECT_EQ(Mistake(R"({"after": "0", "speed": "2x", "target": {"user": "a"}})"), "/speed");
  EXPECT_EQ(Mistake(R"({"after": "0", "types": [1], "target": {"user": "a"}})"), "/types");
  EXPECT_EQ(Mistake(R"({"after": "0", "tpyes": [], "target": {"user": "a"}})"), "/tpyes");
  EXPECT_EQ(Parse("[]").error().code, Errc::kInvalidJson);
}

TEST(ReplayRequest, AWebhookNeedsASecretAndNothingElseHasOne) {
  const std::string url = R"({"after": "0", "target": {"url": "https://a.example/", "secret": ")";
  EXPECT_EQ(Mistake(url + kSecret + "\"}}"), "");
  EXPECT_EQ(Mistake(url + "whsec_short\"}}"), "/target/secret");
  EXPECT_EQ(Mistake(R"({"after": "0", "target": {"url": "https://a.example/"}})"),
            "/target/secret");
  EXPECT_EQ(Mistake(std::string(R"({"after": "0", "target": {"user": "a", "secret": ")") + kSecret +
                    "\"}}"),
            "/target/secret");
}

TEST(ReplayRequest, OnlyATenantOrTriggersStoreEvents) {
  EXPECT_FALSE(Parse(R"({"after": "0", "target": {"user": "a"}})")->stores());
  EXPECT_TRUE(Parse(R"({"after": "0", "target": {"tenant": "green"}})")->stores());
  EXPECT_TRUE(Parse(R"({"after": "0", "fireTriggers": true})")->stores());
}

TEST(ReplayRequest, IsReadBackAsItWasKeptButForItsSecret) {
  const auto request = Parse(
      std::string(R"({"since": "1h", "last": "7-9", "types": ["a.b", "fx.*"], "subject": "s",)") +
      R"("stream": "t", "userid": "u", "topic": "p", "byEventTime": true, "rate": 2.5,)" +
      R"("speed": "10x", "attended": true, "target": {"url": "https://a.example/", "secret": ")" +
      kSecret + "\"}}");
  ASSERT_TRUE(request);
  const std::string kept = RequestJson(*request);
  EXPECT_EQ(kept.find("whsec"), std::string::npos);
  const auto again = ParseStoredRequest(kept);
  ASSERT_TRUE(again);
  EXPECT_EQ(RequestJson(*again), kept);
  EXPECT_EQ(again->selection.since_ms, request->selection.since_ms);
  EXPECT_EQ(again->target.name, "https://a.example/");
  EXPECT_TRUE(again->target.secret.empty());
}

}  // namespace
}  // namespace notify::agent::replay
