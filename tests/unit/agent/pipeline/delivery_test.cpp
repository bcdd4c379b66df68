#include "agent/pipeline/delivery.hpp"

#include <nlohmann/json.hpp>

#include "tests/unit/agent/pipeline/delivery_world.hpp"

namespace notify::agent::pipeline {
namespace {

using namespace std::chrono_literals;

class Delivering : public DeliveryWorld {};

TEST_F(Delivering, AnEventBecomesANotificationOnTheTenantsConnections) {
  TellsTheTenant(blue_);
  Publish(blue_);
  Settle();
  EXPECT_EQ(live_.told, std::vector<std::string>{"blue all notification"});
  const auto shown = nlohmann::json::parse(live_.arguments.at(0));
  EXPECT_EQ(shown["body"], "hi for blue");
  EXPECT_EQ(shown["rule"], "rule");
}

TEST_F(Delivering, TheLogTellsWhatBeganAndHowItEnded) {
  TellsTheTenant(blue_);
  Publish(blue_);
  Settle();
  const auto created = log_.OfType(blue_, "notification.created");
  ASSERT_EQ(created.size(), 1U);
  EXPECT_EQ(created[0].correlationid, "c-1");
  EXPECT_EQ(created[0].causationid, "event-2");
  EXPECT_EQ(Count(blue_, "notification.delivered"), 1U);
}

TEST_F(Delivering, WhatAnInboxKeepsIsToldAsItsUsersAlone) {
  PutRule(blue_, R"({"on": "a.b", "template": "hello", "channels": ["in_app"],)"
                 R"("audience": {"user": "bob"}})");
  Publish(blue_);
  Settle();
  const auto made = log_.OfType(blue_, "notification.created");
  ASSERT_EQ(made.size(), 1U);
  EXPECT_EQ(made[0].userid, "bob") << "Alice's event made it, but it is not hers to see.";
  const auto content = nlohmann::json::parse(made[0].data)["content"];
  EXPECT_EQ(content, nlohmann::json::parse(live_.arguments.at(0)));
  EXPECT_EQ(content["body"], "hi for blue");
}

TEST_F(Delivering, WhatReachesNoInboxIsToldWithoutItsContent) {
  TellsTheTenant(blue_);
  Publish(blue_);
  Settle();
  const auto made = log_.OfType(blue_, "notification.created");
  ASSERT_EQ(made.size(), 1U);
  EXPECT_FALSE(nlohmann::json::parse(made[0].data).contains("content"));
}

TEST_F(Delivering, LargeNotificationsToManyAreToldInCommitsOfABoundedSize) {
  PutRule(blue_, R"({"on": "a.b", "template": "hello", "channels": ["in_app"],)"
                 R"("audience": {"userFrom": "/data/users"}})");
  nlohmann::json data = {{"text", std::string(20'000, 'x')}, {"users", nlohmann::json::array()}};
  for (int i = 0; i < 100; ++i) data["users"].push_back("u" + std::to_string(i));
  Publish(blue_, "a.b", data.dump());
  Settle();
  EXPECT_EQ(Count(blue_, "notification.created"), 100U);
  EXPECT_LT(log_.largest_append, 512U << 10);
}

TEST_F(Delivering, NobodyConnectedIsAnEndOfItsOwn) {
  live_.connections = 0;
  TellsTheTenant(blue_);
  Publish(blue_);
  Settle();
  EXPECT_EQ(Count(blue_, "notification.sent"), 1U);
  EXPECT_EQ(Count(blue_, "notification.delivered"), 0U);
}

TEST_F(Delivering, WhatCannotBeRenderedFailsWithTheReason) {
  TellsTheTenant(blue_);
  Publish(blue_, "a.b", "{}");
  Settle();
  const auto failed = log_.OfType(blue_, "delivery.failed");
  ASSERT_EQ(failed.size(), 1U);
  EXPECT_NE(failed[0].data.find("text"), std::string::npos);
  EXPECT_TRUE(live_.told.empty());
}

TEST_F(Delivering, OwnEventsStartNothing) {
  PutRule(blue_, R"({"on": "*", "template": "hello", "audience": {"tenant": true}})");
  Settle();
  const auto before = Count(blue_, "notification.created");
  Publish(blue_);
  Settle();
  EXPECT_EQ(Count(blue_, "notification.created"), before + 1);
}

TEST_F(Delivering, ACopyOfAReplayStartsNothingUnlessTheReplayFires) {
  TellsTheTenant(blue_);
  log_.Publish(blue_, {.type = "a.b", .data = R"({"text": "hi"})", .replayof = "\"1000-1\""});
  Settle();
  EXPECT_EQ(Count(blue_, "notification.created"), 0U);
  log_.Publish(
      blue_, {.type = "a.b", .data = R"({"text": "hi"})", .replayof = "\"1000-1\"", .fires = true});
  Settle();
  const auto created = log_.OfType(blue_, "notification.created");
  ASSERT_EQ(created.size(), 1U);
  const auto data = nlohmann::json::parse(created[0].data);
  EXPECT_EQ(data["replay"]["token"], "t");
  EXPECT_EQ(data["replay"]["event"], "1000-1");
}

TEST_F(Delivering, AWebhookIsSignedAndTriedAgainWithTheSameId) {
  TellsTheWebhook(blue_);
  Answers(500);
  Answers(503, "7");
  Answers(204);
  Publish(blue_);
  runtime_->RunFor(4s);
  EXPECT_EQ(http_->requests.size(), 1U);
  runtime_->RunFor(60s);
  ASSERT_EQ(http_->requests.size(), 3U);
  EXPECT_EQ(WebhookId(0), WebhookId(2));
  EXPECT_EQ(Count(blue_, "notification.delivered"), 1U);
}

TEST_F(Delivering, AWebhookIsGivenUpAfterItsAttempts) {
  TellsTheWebhook(blue_);
  for (int i = 0; i < 3; ++i) Answers(500);
  Publish(blue_);
  runtime_->RunFor(10min);
  EXPECT_EQ(Count(blue_, "delivery.failed"), 1U);
  EXPECT_EQ(Count(blue_, "notification.delivered"), 0U);
}

TEST_F(Delivering, GoneIsFinal) {
  TellsTheWebhook(blue_);
  Answers(410);
  Publish(blue_);
  runtime_->RunFor(10min);
  EXPECT_EQ(Count(blue_, "delivery.failed"), 1U);
}

TEST_F(Delivering, ATenantWithNothingLeftLeavesTheUnfinishedSet) {
  TellsTheTenant(blue_);
  Publish(blue_);
  runtime_->RunFor(1s);
  EXPECT_TRUE(unfinished_.tenants.contains("blue"));
  runtime_->RunFor(2 * kSaveEvery);
  EXPECT_TRUE(unfinished_.tenants.empty());
  EXPECT_EQ(side_->loop.busy(), 0U);
}

TEST_F(Delivering, AFailedAppendIsDoneAgainAndNothingTwice) {
  TellsTheTenant(blue_);
  Settle();
  log_.failing_appends = 3;
  Publish(blue_);
  runtime_->RunFor(60s);
  EXPECT_EQ(Count(blue_, "notification.created"), 1U);
  EXPECT_EQ(live_.told.size(), 1U);
}

// The power goes after each of many different amounts of work; the log outlives it.
TEST_F(Delivering, ACrashAnywhereStartsEachNotificationOnceAndEndsItOnce) {
  TellsTheTenant(blue_);
  int cuts = 0;
  for (std::uint64_t change = 1; change < 60; ++change) {
    const auto ended = Count(blue_, "notification.delivered");
    const auto created = Count(blue_, "notification.created");
    disk_.PowerOffAt(change);
    Publish(blue_);
    if (runtime_->RunUntil([&] { return disk_.power_off(); }, 30s)) ++cuts;
    CrashAndRestart();
    runtime_->RunFor(60s);
    EXPECT_EQ(Count(blue_, "notification.created"), created + 1) << change;
    EXPECT_EQ(Count(blue_, "notification.delivered"), ended + 1) << change;
  }
  EXPECT_GT(cuts, 20);
}

TEST_F(Delivering, ACrashBetweenTheAnswerAndItsRecordSendsTheSameIdAgain) {
  TellsTheWebhook(blue_);
  Settle();
  Answers(200);
  Publish(blue_);
  ASSERT_TRUE(runtime_->RunUntil([&] { return !http_->requests.empty(); }));
  const std::string id = WebhookId(0);
  CrashAndRestart();
  Answers(200);
  runtime_->RunFor(60s);
  ASSERT_EQ(http_->requests.size(), 1U);
  EXPECT_EQ(WebhookId(0), id);
  EXPECT_EQ(Count(blue_, "notification.delivered"), 1U);
}

TEST_F(Delivering, ARuleIsForEventsAfterIt) {
  Publish(blue_);
  log_.now_ms = 0;
  log_.Publish(blue_, {.type = "a.b", .data = R"({"text": "old"})", .recorded_ms = 1});
  TellsTheTenant(blue_);
  Settle();
  EXPECT_EQ(live_.told.size(), 1U);
}

TEST_F(Delivering, HistoryStartsNothingUnlessItWasAskedFor) {
  TellsTheTenant(blue_);
  log_.Publish(
      blue_,
      {.type = "a.b", .data = R"({"text": "old"})", .extensions = {{kImportedAttribute, "true"}}});
  Settle();
  EXPECT_TRUE(live_.told.empty());
  log_.Publish(blue_,
               {.type = "a.b",
                .data = R"({"text": "hi"})",
                .extensions = {{kImportedAttribute, "true"}, {kFireTriggersAttribute, "true"}}});
  Settle();
  EXPECT_EQ(live_.told.size(), 1U);
}

TEST_F(Delivering, AnImportedRequestIsNotSentAgain) {
  log_.Publish(blue_,
               {.type = "notification.requested",
                .data = R"({"template":"hello","audience":{"tenant":true},"data":{"text":"x"}})",
                .extensions = {{kImportedAttribute, "true"}, {kFireTriggersAttribute, "true"}}});
  Settle();
  EXPECT_EQ(Count(blue_, "notification.created"), 0U);
}

TEST_F(Delivering, WhatStartsNothingCostsNoSyncOfItsOwn) {
  Publish(blue_);
  runtime_->RunFor(std::chrono::milliseconds(100));
  const std::uint64_t before = disk_.syncs();
  for (int i = 0; i < 50; ++i) {
    Publish(blue_);
    runtime_->RunFor(std::chrono::milliseconds(100));
  }
  EXPECT_EQ(disk_.syncs(), before);
  runtime_->RunFor(kSaveEvery);
  EXPECT_GT(disk_.syncs(), before) << "where it was is written in the end";
}

TEST_F(Delivering, ABusyTenantsPositionIsWrittenAfterSoManyEvents) {
  Publish(blue_);
  runtime_->RunFor(std::chrono::milliseconds(100));
  const std::uint64_t before = disk_.syncs();
  for (std::uint64_t i = 0; i < kSaveEvents; ++i) Publish(blue_);
  runtime_->RunFor(std::chrono::seconds(1));
  EXPECT_GT(disk_.syncs(), before);
}

TEST_F(Delivering, ARuleThatIsTakenBackFiresForNothingThatWasReadWithoutIt) {
  TellsTheTenant(blue_);
  Settle();
  PutRule(blue_, R"({"on": "a.b", "template": "hello", "audience": {"tenant": true},
                     "enabled": false})");
  Publish(blue_);
  runtime_->RunFor(std::chrono::seconds(1));
  TellsTheTenant(blue_);
  runtime_->RunFor(std::chrono::seconds(1));
  CrashAndRestart();
  Settle();
  EXPECT_TRUE(live_.told.empty());
}

TEST_F(Delivering, HoldsWhatNoRuleHasSeenAndLooksAtItWhenAsked) {
  log_.head_moved = nullptr;
  Publish(blue_);
  const auto held = [&] { return runtime_->Run(side_->loop.HeldBy(blue_))->front(); };
  EXPECT_EQ(held().after.sequence.value, 0U);
  Settle();
  EXPECT_GE(held().after.sequence.value, 1U) << "asking made it look";
}

}  // namespace
}  // namespace notify::agent::pipeline
