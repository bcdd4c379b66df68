#include "agent/pipeline/notifications.hpp"

#include <nlohmann/json.hpp>

#include "tests/unit/agent/pipeline/delivery_world.hpp"

namespace notify::agent::pipeline {
namespace {

using nlohmann::json;

class Asking : public DeliveryWorld {
 protected:
  template <typename T>
  T Ask(async::Task<T> task) {
    return runtime_->Run(std::move(task));
  }
  Result<Notifications::Sent> Send(std::string body, std::string key = {}, bool test = false) {
    return Ask(side_->notifications.Send(blue_, std::move(body), std::move(key), test));
  }
  json Outcome(Position event, const json& envelope) {
    return json::parse(Ask(side_->notifications.Outcome(blue_, event, envelope.dump())).value());
  }
  static constexpr auto kToAlice =
      R"({"template": "hello", "audience": {"user": "alice"}, "data": {"text": "hi"}})";
};

TEST_F(Asking, ARuleIsShownAsItWasPut) {
  TellsTheTenant(blue_);
  const auto rule = json::parse(Ask(side_->notifications.GetTrigger(blue_, "rule")).value());
  EXPECT_EQ(rule["on"], "a.b");
  EXPECT_EQ(rule["version"], 1);
  EXPECT_EQ(json::parse(Ask(side_->notifications.ListTriggers(blue_)).value()).size(), 1U);
  EXPECT_EQ(Ask(side_->notifications.ListTriggers(green_)).value(), "[]");
}

TEST_F(Asking, ARuleNeedsATemplateThatIsThere) {
  const auto put = Ask(side_->notifications.PutTrigger(
      blue_, "rule", R"({"on": "a.b", "template": "none", "audience": {"tenant": true}})"));
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().errors.at(0).pointer, "/template");
}

TEST_F(Asking, ARuleForAPrivatePortIsRefused) {
  const std::string detail = PutRule(blue_, R"({"on": "a.b", "template": "hello", "audience":
      {"webhook": {"url": "http://127.0.0.1:9/", "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}}})");
  EXPECT_EQ(detail, "Webhooks go to https addresses.");
}

TEST_F(Asking, ADeletedRuleStartsNothing) {
  TellsTheTenant(blue_);
  ASSERT_TRUE(Ask(side_->notifications.DeleteTrigger(blue_, "rule")));
  Publish(blue_);
  Settle();
  EXPECT_TRUE(live_.told.empty());
  EXPECT_EQ(Ask(side_->notifications.DeleteTrigger(blue_, "rule")).error().code, Errc::kNotFound);
}

TEST_F(Asking, ConfigurationChangesAreEvents) {
  TellsTheTenant(blue_);
  EXPECT_EQ(Count(blue_, "tenant.trigger.changed"), 1U);
}

TEST_F(Asking, ARequestReachesItsUser) {
  const auto sent = Send(kToAlice);
  ASSERT_TRUE(sent) << sent.error().detail;
  Settle();
  EXPECT_EQ(live_.told, std::vector<std::string>{"blue user:alice notification"});
  EXPECT_EQ(json::parse(sent->json)["event"]["sequence"], 1);
}

TEST_F(Asking, TheSameKeyIsTheSameRequest) {
  const auto first = Send(kToAlice, "key-1");
  const auto again = Send(kToAlice, "key-1");
  EXPECT_EQ(json::parse(first->json)["id"], json::parse(again->json)["id"]);
  EXPECT_EQ(json::parse(again->json)["duplicate"], true);
  Settle();
  EXPECT_EQ(live_.told.size(), 1U);
}

TEST_F(Asking, ADryRunRendersAndTellsNobody) {
  const auto shown = Send(
      R"({"template": "hello", "audience": {"user": "alice"}, "data": {"text": "hi"}, "dryRun": true})");
  ASSERT_TRUE(shown) << shown.error().detail;
  EXPECT_TRUE(shown->dry_run);
  EXPECT_EQ(json::parse(shown->json)["notifications"][0]["body"], "hi for blue");
  Settle();
  EXPECT_TRUE(live_.told.empty());
  EXPECT_TRUE(log_.Of(blue_).empty());
}

TEST_F(Asking, WhatCannotBeRenderedIsRefusedAtOnce) {
  const auto sent = Send(R"({"template": "hello", "audience": {"user": "alice"}, "data": {}})");
  EXPECT_EQ(sent.error().code, Errc::kTemplateData);
  EXPECT_TRUE(log_.Of(blue_).empty());
}

TEST_F(Asking, ASecretNeverEntersTheLog) {
  Answers(200);
  const auto sent = Send(std::string(R"({"template": "hello", "data": {"text": "hi"}, "audience":
      {"webhook": {"url": "https://hooks.example/in", "secret": ")") +
                         kSecret + "\"}}}");
  ASSERT_TRUE(sent) << sent.error().detail;
  Settle();
  EXPECT_EQ(http_->requests.size(), 1U);
  for (const auto& event : log_.Of(blue_)) {
    EXPECT_EQ(event.data.find("whsec"), std::string::npos) << event.type;
  }
}

TEST_F(Asking, SwitchedOffItSaysWhichKey) {
  options_.notifications_on = false;
  CrashAndRestart();
  EXPECT_EQ(Send(kToAlice).error().code, Errc::kFeatureDisabled);
}

TEST_F(Asking, TheOutcomeSaysWhichRulesMatchedAndWhyOthersDidNot) {
  TellsTheTenant(blue_);
  ASSERT_TRUE(Ask(side_->notifications.PutTrigger(
      blue_, "other", R"({"on": "c.d", "template": "hello", "audience": {"tenant": true}})")));
  const Position event = log_.Publish(blue_, {.type = "a.b", .data = R"({"text": "hi"})"});
  Settle();
  const json outcome = Outcome(event, {{"type", "a.b"}});
  EXPECT_EQ(outcome["rules"][0]["reason"], "The rule is for c.d.");
  EXPECT_EQ(outcome["rules"][1]["matched"], true);
  EXPECT_EQ(outcome["deliveries"][0]["state"], "DELIVERED");
  EXPECT_EQ(outcome["processed"], true);
}

TEST_F(Asking, ATenantsTemplateStandsInFrontOfTheShippedOne) {
  const auto put = Ask(side_->notifications.PutTemplate(
      blue_, "hello", R"({"files": {"in_app.yaml.hbs": "title: x\nbody: mine"}})"));
  ASSERT_TRUE(put) << put.error().detail;
  EXPECT_EQ(json::parse(*put)["version"], 1);
  TellsTheTenant(blue_);
  Publish(blue_);
  Settle();
  EXPECT_EQ(json::parse(live_.arguments.at(0))["body"], "mine");
  ASSERT_TRUE(Ask(side_->notifications.DeleteTemplate(blue_, "hello")));
  EXPECT_EQ(json::parse(Ask(side_->notifications.GetTemplate(blue_, "hello")).value())["version"],
            0);
  EXPECT_EQ(Ask(side_->notifications.DeleteTemplate(blue_, "hello")).error().code, Errc::kConflict);
}

TEST_F(Asking, ABrokenTemplateIsNotKept) {
  constexpr auto kBroken = R"({"files": {"in_app.yaml.hbs": "title: x\nbody: {{#if a}}"}})";
  const auto put = Ask(side_->notifications.PutTemplate(blue_, "hello", kBroken));
  EXPECT_EQ(put.error().code, Errc::kInvalidTemplate);
  const auto checked =
      json::parse(Ask(side_->notifications.ValidateTemplate(blue_, "hello", kBroken)).value());
  EXPECT_EQ(checked["valid"], false);
  EXPECT_EQ(checked["errors"][0]["line"], 2);
  EXPECT_EQ(
      json::parse(Ask(side_->notifications.ValidateTemplate(blue_, "hello", "")).value())["valid"],
      true);
}

}  // namespace
}  // namespace notify::agent::pipeline
