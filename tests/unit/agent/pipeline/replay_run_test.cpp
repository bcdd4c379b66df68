#include "agent/pipeline/replay_run.hpp"

#include "tests/unit/agent/pipeline/replay_world.hpp"

namespace notify::agent::pipeline {
namespace {

using namespace std::chrono_literals;

constexpr auto kToAlice = R"({"after": "0", "speed": "max", "target": {"user": "alice"}})";
constexpr auto kToGreen = R"({"after": "0", "rate": 10, "target": {"tenant": "green"}})";
constexpr auto kToUrl =
    R"({"after": "0", "speed": "max", "target": {"url": "https://hooks.example/in",)"
    R"( "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}})";

class ReplayRunTest : public ReplayWorld {};

TEST_F(ReplayRunTest, GivesTheRangeInOrderMarkedWithItsOldPositions) {
  Publish(blue_, 5);
  const auto report = Finish(
      blue_,
      Begin(blue_, R"({"after": "1", "last": "4", "speed": "max", "target": {"user": "a"}})"));
  EXPECT_EQ(report["state"], "completed");
  EXPECT_EQ(report["sent"], 3);
  EXPECT_EQ(NumbersGiven(), (std::vector<int>{2, 3, 4}));
  const auto& envelope = live_.given.front().argument;
  EXPECT_EQ(envelope["replayed"], true);
  EXPECT_EQ(envelope["originalsequence"], 2);
  EXPECT_FALSE(envelope.contains("sequence"));
  EXPECT_NE(envelope["id"], "event-2");
}

TEST_F(ReplayRunTest, KeepsToItsRate) {
  Publish(blue_, 4);
  Finish(blue_, Begin(blue_, R"({"after": "0", "rate": 2, "target": {"user": "alice"}})"));
  EXPECT_EQ(Times(), (std::vector<double>{0, 0.5, 1, 1.5}));
}

TEST_F(ReplayRunTest, KeepsTheDistancesOfTheRecordedTimes) {
  Publish(blue_, 3, 7000);
  Finish(blue_, Begin(blue_, R"({"after": "0", "speed": "10x", "target": {"user": "alice"}})"));
  EXPECT_EQ(Times(), (std::vector<double>{0, 0.7, 1.4}));
}

TEST_F(ReplayRunTest, ASlowReceiverSlowsItAndLosesNothing) {
  Publish(blue_, 3);
  live_.full = {"blue"};
  const auto replay = Begin(blue_, kToAlice);
  runtime_->RunFor(1min);
  EXPECT_EQ(Get(blue_, replay)["sent"], 0);
  live_.full.clear();
  EXPECT_EQ(Finish(blue_, replay)["sent"], 3);
  EXPECT_EQ(NumbersGiven(), UpTo(3));
}

TEST_F(ReplayRunTest, WaitsALittleForSomebodyAndIsInterruptedThen) {
  Publish(blue_, 3);
  live_.away = {"blue"};
  const auto replay = Begin(blue_, kToAlice);
  const auto ended = Finish(blue_, replay);
  EXPECT_EQ(ended["state"], "interrupted");
  EXPECT_NE(ended["error"].get<std::string>().find("user alice"), std::string::npos);
  live_.away.clear();
  Resume(blue_, replay);
  EXPECT_EQ(Finish(blue_, replay)["sent"], 3);
}

TEST_F(ReplayRunTest, GoesOnAfterTheLastOneSent) {
  Publish(blue_, 6);
  const auto replay = Begin(blue_, R"({"after": "0", "rate": 1, "target": {"user": "alice"}})");
  runtime_->RunFor(2500ms);
  EXPECT_EQ(Interrupt(blue_, replay)["sent"], 3);
  runtime_->RunFor(1min);
  EXPECT_EQ(NumbersGiven(), UpTo(3));
  Resume(blue_, replay);
  EXPECT_EQ(Finish(blue_, replay)["sent"], 6);
  EXPECT_EQ(NumbersGiven(), UpTo(6));
}

TEST_F(ReplayRunTest, AnAttendedOneEndsWhereNobodyAsksAfterItAnyMore) {
  Publish(blue_, 1000);
  const auto replay =
      Begin(blue_, R"({"after": "0", "rate": 1, "attended": true, "target": {"user": "alice"}})");
  runtime_->RunFor(20s);
  EXPECT_EQ(Get(blue_, replay)["state"], "running");
  runtime_->RunFor(2min);
  EXPECT_EQ(Get(blue_, replay)["state"], "interrupted");
  EXPECT_LT(live_.given.size(), 60U);
}

TEST_F(ReplayRunTest, AfterACrashNothingStoredIsLostOrDoubled) {
  Publish(blue_, 100);
  const auto replay = Begin(blue_, kToGreen);
  runtime_->RunFor(3333ms);
  const std::size_t before = NumbersIn(green_).size();
  EXPECT_GT(before, 20U);
  CrashAndRestart();
  EXPECT_EQ(Get(blue_, replay)["state"], "interrupted");
  EXPECT_EQ(Resume(blue_, replay)["state"], "running");
  const auto report = Finish(blue_, replay);
  EXPECT_EQ(report["state"], "completed");
  EXPECT_EQ(NumbersIn(green_), UpTo(100));
  EXPECT_EQ(report["sent"].get<int>() + report["duplicates"].get<int>(), 100);
}

TEST_F(ReplayRunTest, WhatNobodyAttendsToGoesOnWhenTheAgentDoes) {
  Publish(blue_, 100);
  const auto replay = Begin(blue_, kToGreen);
  runtime_->RunFor(2s);
  CrashAndRestart();
  runtime_->platform().Post([this] { replays_->TakeUp({blue_, green_}); });
  runtime_->RunFor(1min);
  EXPECT_EQ(Get(blue_, replay)["state"], "completed");
  EXPECT_EQ(NumbersIn(green_), UpTo(100));
}

TEST_F(ReplayRunTest, WaitsForTheQuotaOfTheLogThatItWrites) {
  Publish(blue_, 10);
  copies_.refusals = 2;
  copies_.rate = CopySink::Rate{.per_second = 1, .burst = 4};
  const auto begun = runtime_->clock().Now();
  const auto report = Finish(
      blue_, Begin(blue_, R"({"after": "0", "speed": "max", "target": {"tenant": "green"}})"));
  EXPECT_EQ(report["sent"], 10);
  EXPECT_GE(runtime_->clock().Now() - begun, 6s);
  EXPECT_LE(copies_.largest, 4U);
}

TEST_F(ReplayRunTest, StoresWithoutFiringUnlessItIsTold) {
  Publish(blue_, 2);
  Finish(blue_, Begin(blue_, kToGreen));
  EXPECT_EQ(copies_.firing, 0U);
  Finish(blue_, Begin(blue_, R"({"after": "0", "fireTriggers": true})"));
  EXPECT_EQ(copies_.firing, 2U);
}

TEST_F(ReplayRunTest, EndsWhereItsOwnLogEndedWhenItBegan) {
  Publish(blue_, 3);
  const auto report = Finish(blue_, Begin(blue_, R"({"after": "0", "fireTriggers": true})"));
  EXPECT_EQ(report["sent"], 3);
  EXPECT_EQ(log_.Of(blue_).size(), 6U);
}

TEST_F(ReplayRunTest, ACopyOfAnEventOfTheRangeIsADuplicate) {
  Publish(blue_, 2);
  log_.Publish(blue_, {.type = "a.b", .data = R"({"n":2})", .replayof = "\"1000-2\""});
  const auto whole = Finish(blue_, Begin(blue_, kToAlice));
  EXPECT_EQ(whole["sent"], 2);
  EXPECT_EQ(whole["duplicates"], 1);
  // Its original is not in this range, so the copy stands for it.
  const auto rest =
      Finish(blue_, Begin(blue_, R"({"after": "2", "speed": "max", "target": {"user": "alice"}})"));
  EXPECT_EQ(rest["sent"], 1);
}

TEST_F(ReplayRunTest, TheAgentsOwnEventsAreNotToldAgain) {
  Publish(blue_, 1);
  Publish(blue_, 1, 0, "notification.requested");
  const auto report = Finish(blue_, Begin(blue_, kToGreen));
  EXPECT_EQ(report["sent"], 1);
  EXPECT_EQ(report["skipped"], 1);
}

TEST_F(ReplayRunTest, AWebhookIsSignedAndTriedAgain) {
  Publish(blue_, 1);
  http_->Answer(kUrl, channel::HttpResponse{.status = 500, .retry_after = {}});
  http_->Answer(kUrl, channel::HttpResponse{.status = 204, .retry_after = {}});
  EXPECT_EQ(Finish(blue_, Begin(blue_, kToUrl))["sent"], 1);
  std::set<std::string> ids;
  for (const auto& request : http_->requests) {
    for (const auto& [name, value] : request.headers) {
      if (name == "webhook-id") ids.insert(value);
      if (name == "webhook-signature") {
        EXPECT_EQ(value.substr(0, 3), "v1,");
      }
    }
  }
  EXPECT_EQ(ids.size(), 1U);
}

TEST_F(ReplayRunTest, AnEventThatIsNotTakenIsCountedAndTheNextOneGoes) {
  Publish(blue_, 2);
  http_->Answer(kUrl, channel::HttpResponse{.status = 410, .retry_after = {}});
  http_->Answer(kUrl, channel::HttpResponse{.status = 200, .retry_after = {}});
  const auto report = Finish(blue_, Begin(blue_, kToUrl));
  EXPECT_EQ(report["failed"], 1);
  EXPECT_EQ(report["sent"], 1);
  EXPECT_EQ(report["state"], "completed");
}

TEST_F(ReplayRunTest, AnEndpointThatIsGoneKeepsWhatItDidNotTakeForAResume) {
  Publish(blue_, 10);
  http_->Answer(kUrl, channel::HttpResponse{.status = 200, .retry_after = {}});
  for (int i = 0; i < 5; ++i) {
    http_->Answer(kUrl, channel::HttpResponse{.status = 410, .retry_after = {}});
  }
  const auto replay = Begin(blue_, kToUrl);
  const auto ended = Finish(blue_, replay);
  EXPECT_EQ(ended["state"], "interrupted");
  EXPECT_EQ(ended["position"], "1000-1");
  EXPECT_EQ(ended["failed"], 0);
  for (int i = 0; i < 9; ++i) {
    http_->Answer(kUrl, channel::HttpResponse{.status = 200, .retry_after = {}});
  }
  Resume(blue_, replay);
  EXPECT_EQ(Finish(blue_, replay)["sent"], 10);
}

TEST_F(ReplayRunTest, TellsWhatRetentionTook) {
  Publish(blue_, 5);
  log_.Expire(blue_, 2);
  const auto report = Finish(blue_, Begin(blue_, kToAlice));
  EXPECT_EQ(report["sent"], 3);
  EXPECT_EQ(report["gaps"].at(0)["reason"], "retention");
}

TEST_F(ReplayRunTest, GivesTheBareDataWhereTheTenantsHandlersTakeThat) {
  auto record = blue_.record();
  record.settings.payload = HubPayload::kData;
  const TenantHandle bare = testing_support::TenantHandleOf(record);
  Publish(bare, 1);
  Finish(bare, Begin(bare, kToAlice));
  EXPECT_EQ(live_.given.at(0).argument, nlohmann::json({{"n", 1}}));
}

}  // namespace
}  // namespace notify::agent::pipeline
