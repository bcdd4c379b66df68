#include "agent/pipeline/event_processing.hpp"

#include <nlohmann/json.hpp>

#include "common/model/event_json.hpp"
#include "tests/unit/agent/pipeline/delivery_world.hpp"

namespace notify::agent::pipeline {
namespace {

using nlohmann::json;

class Processing : public DeliveryWorld {
 protected:
  template <typename T>
  T Ask(async::Task<T> task) {
    return runtime_->Run(std::move(task));
  }
  EventProcessing::Standing StandingOf(Position event) {
    std::vector<Position> one = {event};
    return Ask(side_->processing.Standings(blue_, std::move(one))).value().at(0);
  }
  std::string StatusOf(Position event) { return std::string(StandingOf(event).status); }
  Position Happens(const std::string& data = R"({"text": "hi"})") {
    return log_.Publish(blue_, {.id = "e-1", .type = "a.b", .data = data});
  }
  Result<std::int64_t> Retry(Position event, const std::string& data = R"({"text": "hi"})") {
    const json envelope = {{"id", "e-1"}, {"type", "a.b"}, {"data", json::parse(data)}};
    return Ask(side_->processing.Retry(blue_, event, envelope.dump()));
  }
};

TEST_F(Processing, AnEventsStatusFollowsItsDeliveries) {
  TellsTheWebhook(blue_);
  Settle();
  Answers(500);
  Answers(200);
  const Position event = Happens();
  runtime_->RunFor(std::chrono::seconds(2));
  EXPECT_EQ(StatusOf(event), "PROCESSING");
  runtime_->RunFor(std::chrono::seconds(30));
  EXPECT_EQ(StatusOf(event), "COMPLETED");
}

TEST_F(Processing, WhatTheRulesHaveNotSeenIsPending) {
  EXPECT_EQ(StatusOf({Epoch{1000}, Sequence{5}}), "PENDING");
}

TEST_F(Processing, WhatFailedIsSentAgainUnderTheNotificationsId) {
  TellsTheWebhook(blue_);
  Answers(410);
  const Position event = Happens();
  Settle();
  ASSERT_EQ(StatusOf(event), "FAILED");
  Answers(200);
  EXPECT_EQ(Retry(event).value(), 1);
  EXPECT_NE(StatusOf(event), "FAILED");
  Settle();
  EXPECT_EQ(StatusOf(event), "COMPLETED");
  EXPECT_EQ(http_->requests.size(), 2U);
  EXPECT_EQ(http_->requests[0].body, http_->requests[1].body);
  EXPECT_EQ(WebhookId(0), WebhookId(1));
  EXPECT_EQ(Count(blue_, "notification.created"), 1U);
  EXPECT_EQ(Count(blue_, "delivery.failed"), 1U);
  EXPECT_EQ(Count(blue_, "notification.delivered"), 1U);
}

TEST_F(Processing, ARetryThatFailsCanBeRetried) {
  TellsTheWebhook(blue_);
  Answers(410);
  Answers(410);
  Answers(200);
  const Position event = Happens();
  Settle();
  ASSERT_EQ(Retry(event).value(), 1);
  Settle();
  ASSERT_EQ(StatusOf(event), "FAILED");
  ASSERT_EQ(Retry(event).value(), 1);
  Settle();
  EXPECT_EQ(StatusOf(event), "COMPLETED");
  EXPECT_EQ(Count(blue_, "delivery.failed"), 2U);
}

TEST_F(Processing, NothingThatFailedIsAConflict) {
  TellsTheTenant(blue_);
  const Position event = Happens();
  Settle();
  EXPECT_EQ(Retry(event).error().code, Errc::kConflict);
  EXPECT_EQ(Retry({Epoch{1000}, Sequence{77}}).error().code, Errc::kConflict);
}

TEST_F(Processing, WhatCouldNotBeRenderedIsRenderedAnew) {
  TellsTheTenant(blue_);
  const Position event = Happens("{}");
  Settle();
  ASSERT_EQ(StatusOf(event), "FAILED");
  EXPECT_EQ(Retry(event, "{}").error().code, Errc::kTemplateData);
  ASSERT_TRUE(Ask(side_->notifications.PutTemplate(
      blue_, "hello",
      R"({"files": {"in_app.yaml.hbs": "title: \"Hello\"\nbody: \"repaired\"\n"}})")));
  EXPECT_EQ(Retry(event, "{}").value(), 1);
  Settle();
  EXPECT_EQ(StatusOf(event), "COMPLETED");
}

TEST_F(Processing, OneTenantsRetryFindsNothingOfAnothers) {
  TellsTheWebhook(blue_);
  Answers(410);
  const Position event = Happens();
  Settle();
  const json envelope = {{"id", "e-1"}, {"type", "a.b"}};
  EXPECT_EQ(Ask(side_->processing.Retry(green_, event, envelope.dump())).error().code,
            Errc::kConflict);
}

TEST_F(Processing, SaysHowFarItIsAndHowLongDeliveriesTake) {
  TellsTheTenant(blue_);
  Happens();
  Settle();
  const auto progress = Ask(side_->processing.Look(blue_, 0)).value();
  EXPECT_GE(progress.cursor.sequence.value, 1U);
  EXPECT_EQ(progress.pace.pending, 0);
  EXPECT_EQ(progress.pace.timed, 1);
}

}  // namespace
}  // namespace notify::agent::pipeline
