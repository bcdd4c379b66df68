#include "agent/consumer/consumer_spec.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace notify::agent::consumer {
namespace {

using namespace std::chrono_literals;

std::string PointerOf(const std::string& body, std::string_view name = "") {
  const auto parsed = ParseConsumer(body, name);
  if (parsed) return "accepted";
  return parsed.error().errors.empty() ? parsed.error().detail : parsed.error().errors[0].pointer;
}

TEST(ConsumerSpec, HasDefaults) {
  const auto draft = ParseConsumer(R"({"name": "billing"})", "");
  ASSERT_TRUE(draft);
  EXPECT_EQ(draft->spec.max_in_flight, 256U);
  EXPECT_EQ(draft->spec.ack_timeout, 30s);
  EXPECT_EQ(draft->spec.max_attempts, 8);
  EXPECT_FALSE(draft->spec.expire_after);
  EXPECT_FALSE(draft->after);
}

TEST(ConsumerSpec, ReadsWhatItIsAskedToBe) {
  const auto draft = ParseConsumer(
      R"({"name": "b", "types": ["fx.*"], "topics": ["eur"], "after": {"epoch": 7, "sequence": 3},
          "maxInFlight": 10, "ackTimeout": 5, "maxAttempts": 2, "expireAfter": "1h",
          "holdFor": "7d"})",
      "");
  ASSERT_TRUE(draft);
  EXPECT_EQ(draft->after, (Position{Epoch{7}, Sequence{3}}));
  EXPECT_EQ(draft->spec.ack_timeout, 5s);
  EXPECT_EQ(draft->spec.expire_after, 1h);
  const auto again = SpecFromJson(SpecJson(draft->spec));
  ASSERT_TRUE(again);
  EXPECT_EQ(SpecJson(*again), SpecJson(draft->spec));
}

TEST(ConsumerSpec, SaysWhichMemberIsWrong) {
  EXPECT_EQ(PointerOf("{}"), "/name");
  EXPECT_EQ(PointerOf(R"({"name": "hub/alice/x"})"), "/name");
  EXPECT_EQ(PointerOf(R"({"name": ".."})"), "/name");
  EXPECT_EQ(PointerOf(R"({"name": "a"})", "b"), "/name");
  EXPECT_EQ(PointerOf(R"({"name": "a", "types": "fx.*"})"), "/types");
  EXPECT_EQ(PointerOf(R"({"name": "a", "types": ["f x"]})"), "/types");
  EXPECT_EQ(PointerOf(R"({"name": "a", "maxInFlight": 0})"), "/maxInFlight");
  EXPECT_EQ(PointerOf(R"({"name": "a", "maxInFlight": 1001})"), "/maxInFlight");
  EXPECT_EQ(PointerOf(R"({"name": "a", "ackTimeout": "500ms"})"), "/ackTimeout");
  EXPECT_EQ(PointerOf(R"({"name": "a", "ackTimeout": -1})"), "/ackTimeout");
  EXPECT_EQ(PointerOf(R"({"name": "a", "maxAttempts": 1.5})"), "/maxAttempts");
  EXPECT_EQ(PointerOf(R"({"name": "a", "expireAfter": "1s"})"), "/expireAfter");
  EXPECT_EQ(PointerOf(R"({"name": "a", "after": "x"})"), "/after");
  EXPECT_EQ(PointerOf(R"({"name": "a", "after": -1})"), "/after");
  EXPECT_EQ(PointerOf(R"({"name": "a", "filter": []})"), "/filter");
  EXPECT_EQ(PointerOf("[]"), "The body is not a JSON object.");
}

TEST(ConsumerSpec, APositionIsAnObjectATextOrANumber) {
  using nlohmann::json;
  const Position here{Epoch{7}, Sequence{3}};
  EXPECT_EQ(PositionFromJson(json::parse(R"({"epoch": 7, "sequence": 3})")), here);
  EXPECT_EQ(PositionFromJson("7-3"), here);
  EXPECT_EQ(PositionFromJson(3U), (Position{Epoch{0}, Sequence{3}}));
  EXPECT_FALSE(PositionFromJson(json::parse(R"({"epoch": 7})")));
  EXPECT_FALSE(PositionFromJson(json::parse(R"({"sequence": 3, "more": 1})")));
  EXPECT_FALSE(PositionFromJson(json::parse("9007199254740992")));
  EXPECT_FALSE(PositionFromJson(json::parse("null")));
}

TEST(ConsumerSpec, WantsItsTypesAndTopics) {
  ConsumerSpec spec;
  EXPECT_TRUE(spec.Wants({.type = "a.b"}));
  spec.types = {"fx.*", "a.b"};
  spec.topics = {"eur"};
  EXPECT_TRUE(spec.Wants({.type = "fx.quote.created", .topic = "eur"}));
  EXPECT_FALSE(spec.Wants({.type = "fx.quote.created", .topic = "usd"}));
  EXPECT_FALSE(spec.Wants({.type = "a.c", .topic = "eur"}));
}

}  // namespace
}  // namespace notify::agent::consumer
