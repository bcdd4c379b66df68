#include "agent/trigger/trigger.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace notify::agent::trigger {
namespace {

constexpr std::string_view kWhole = R"({
  "id": "big-quotes", "on": "fx.quote.created",
  "when": [{"pointer": "/data/amount", "op": "ge", "value": 1000},
           {"pointer": "/data/toCurrency", "op": "in", "value": ["EUR", "CHF"]},
           {"pointer": "/userid", "op": "exists"}],
  "template": "fx-quote-created", "channels": ["in_app", "LOG"],
  "audience": {"userFrom": "/userid"}, "priority": "HIGH", "enabled": false})";

std::string PointersOf(std::string_view json, std::string_view id = "") {
  const auto parsed = ParseTrigger(json, id);
  std::string pointers;
  if (parsed) return "accepted";
  for (const FieldError& error : parsed.error().errors) pointers += error.pointer + " ";
  return pointers;
}

TEST(TriggerBody, IsReadWhole) {
  const auto trigger = ParseTrigger(kWhole, "");
  ASSERT_TRUE(trigger) << trigger.error().detail;
  EXPECT_EQ(trigger->on, "fx.quote.created");
  EXPECT_EQ(trigger->when.size(), 3U);
  EXPECT_EQ(trigger->channels, (std::vector<std::string>{"in_app", "log"}));
  EXPECT_EQ(trigger->priority, "high");
  EXPECT_FALSE(trigger->enabled);
}

TEST(TriggerBody, ReadsWhatItPrints) {
  const std::string once = TriggerJson(ParseTrigger(kWhole, "").value());
  EXPECT_EQ(TriggerJson(ParseTrigger(once, "big-quotes").value()), once);
}

TEST(TriggerBody, NamesEveryMistakeByItsPointer) {
  EXPECT_EQ(PointersOf(R"({"on": "noDot", "template": "t", "audience": {"everyone": 1},
                           "colour": "red"})"),
            "/on /audience/everyone /audience /colour ");
  EXPECT_EQ(PointersOf("{}"), "/on /template /audience ");
}

TEST(TriggerBody, NamesMistakesInConditions) {
  EXPECT_EQ(PointersOf(R"({"on": "a.b", "template": "t", "audience": {"tenant": true},
      "when": [{"pointer": "data", "op": "eq", "value": 1}, {"pointer": "/a", "op": "like"},
               {"pointer": "/a", "op": "gt", "value": true}, {"pointer": "/a", "op": "eq"}]})"),
            "/when/0/pointer /when/1/op /when/2/value /when/3/value ");
}

TEST(TriggerBody, ChannelsGoWithTheAudience) {
  EXPECT_EQ(PointersOf(R"({"on": "a.b", "template": "t", "channels": ["webhook"],
                           "audience": {"tenant": true}})"),
            "/channels ");
  EXPECT_EQ(PointersOf(R"({"on": "a.b", "template": "t", "channels": ["sms"],
                           "audience": {"tenant": true}})"),
            "/channels ");
}

TEST(TriggerBody, KeepsToTheIdOfThePath) {
  constexpr std::string_view kBody =
      R"({"id": "other", "on": "*", "template": "t", "audience": {"tenant": true}})";
  EXPECT_EQ(PointersOf(kBody, "mine"), "/id ");
  EXPECT_EQ(PointersOf(kBody), "accepted");
}

TEST(TriggerBody, NeverShowsASecret) {
  const auto trigger = ParseTrigger(
      R"({"on": "a.b", "template": "t", "audience": {"webhook": {"url": "https://x.example/in",
          "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}}})",
      "hook");
  ASSERT_TRUE(trigger) << trigger.error().detail;
  EXPECT_EQ(trigger->channels, std::vector<std::string>{"webhook"});
  EXPECT_EQ(TriggerJson(*trigger).find("whsec"), std::string::npos);
}

TEST(TriggerBody, RefusesWhatIsNoObject) {
  EXPECT_EQ(ParseTrigger("[1]", "").error().code, Errc::kInvalidJson);
  EXPECT_EQ(ParseTrigger("{", "").error().code, Errc::kInvalidJson);
}

}  // namespace
}  // namespace notify::agent::trigger
