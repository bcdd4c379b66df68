#include "agent/pipeline/dead_letters.hpp"

#include <nlohmann/json.hpp>

#include "tests/unit/agent/pipeline/delivery_world.hpp"

namespace notify::agent::pipeline {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

/// A webhook delivery that failed for good, and an event that a consumer gave up.
class DeadLetterList : public DeliveryWorld {
 protected:
  DeadLetterList() {
    TellsTheWebhook(blue_);
    for (int i = 0; i < 3; ++i) Answers(500);
    Publish(blue_);
    runtime_->RunFor(5min);
  }
  ~DeadLetterList() override { runtime_->Run(consumers_.Stop(), &runtime_->platform()); }

  void GiveUpAnEvent() {
    auto draft = consumer::ParseConsumer(R"({"name": "c", "after": 0, "maxAttempts": 1})", "");
    ASSERT_TRUE(runtime_->Run(consumers_.Create(blue_, *draft)));
    consumer::FetchRequest request;
    request.max = 1;
    const auto fetched = runtime_->Run(consumers_.Fetch(blue_, "c", request));
    ASSERT_EQ(fetched->items.size(), 1U);
    runtime_->Run(consumers_.Refuse(blue_, "c", fetched->position)).value();
  }
  DeadLetterPage List(DeadLetterFilter filter = {}, std::string cursor = "",
                      std::size_t limit = 50) {
    return runtime_->Run(letters_.List(blue_, filter, cursor, limit)).value();
  }
  static std::string KindsOf(const DeadLetterPage& page) {
    std::string kinds;
    for (const std::string& item : page.items) {
      kinds += json::parse(item)["kind"].get<std::string>() + " ";
    }
    return kinds;
  }
  std::string IdOf(std::size_t index) {
    return json::parse(List().items.at(index))["id"].get<std::string>();
  }

  consumer::Consumers consumers_{
      consumer::ConsumerParts{*runtime_, log_, side_->databases, side_->metrics}};
  DeadLetters letters_{side_->parts, side_->loop, consumers_};
};

TEST_F(DeadLetterList, HasBothKindsInTheOrderOfTheirFailure) {
  GiveUpAnEvent();
  EXPECT_EQ(KindsOf(List()), "delivery consumer ");
  EXPECT_EQ(KindsOf(List({DeadLetterFilter::Kind::kDelivery, ""})), "delivery ");
  EXPECT_EQ(KindsOf(List({DeadLetterFilter::Kind::kConsumer, "c"})), "consumer ");
  EXPECT_EQ(KindsOf(List({DeadLetterFilter::Kind::kAny, "other"})), "");
}

TEST_F(DeadLetterList, GoesOnWhereAPageEnded) {
  GiveUpAnEvent();
  const auto first = List({}, "", 1);
  EXPECT_EQ(KindsOf(first), "delivery ");
  const auto second = List({}, first.next, 1);
  EXPECT_EQ(KindsOf(second), "consumer ");
  EXPECT_EQ(second.next, "");
  EXPECT_EQ(runtime_->Run(letters_.List(blue_, {}, "x", 1)).error().code, Errc::kInvalidArgument);
}

TEST_F(DeadLetterList, ShowsWhatIsKnownOfEach) {
  GiveUpAnEvent();
  const auto delivery = json::parse(runtime_->Run(letters_.Get(blue_, IdOf(0))).value());
  EXPECT_EQ(delivery["channel"], "webhook");
  EXPECT_EQ(delivery["delivery"]["state"], "FAILED");
  const auto event = json::parse(runtime_->Run(letters_.Get(blue_, IdOf(1))).value());
  EXPECT_EQ(event["envelope"]["sequence"], event["event"]["sequence"]);
  EXPECT_EQ(runtime_->Run(letters_.Get(green_, IdOf(0))).error().code, Errc::kNotFound);
}

TEST_F(DeadLetterList, ARetriedDeliveryIsSentAgainAndEndsAgain) {
  Answers(204);
  ASSERT_TRUE(runtime_->Run(letters_.Retry(blue_, IdOf(0))));
  Settle();
  EXPECT_EQ(KindsOf(List()), "");
  EXPECT_EQ(Count(blue_, "delivery.failed"), 1U);
  EXPECT_EQ(Count(blue_, "notification.delivered"), 1U);
  EXPECT_EQ(WebhookId(0), WebhookId(3));
}

TEST_F(DeadLetterList, ARetriedDeliveryThatFailsAgainIsThereAgain) {
  for (int i = 0; i < 3; ++i) Answers(500);
  ASSERT_TRUE(runtime_->Run(letters_.Retry(blue_, IdOf(0))));
  EXPECT_EQ(runtime_->Run(letters_.Retry(blue_, "none")).error().code, Errc::kNotFound);
  runtime_->RunFor(5min);
  EXPECT_EQ(KindsOf(List()), "delivery ");
  EXPECT_EQ(Count(blue_, "delivery.failed"), 2U);
}

TEST_F(DeadLetterList, WhatCouldNotBeRenderedCannotBeSentAgain) {
  Publish(blue_, "a.b", "{}");
  Settle();
  ASSERT_EQ(List().items.size(), 2U);
  EXPECT_EQ(runtime_->Run(letters_.Retry(blue_, IdOf(1))).error().code, Errc::kConflict);
  EXPECT_TRUE(runtime_->Run(letters_.Purge(blue_, IdOf(1))));
}

TEST_F(DeadLetterList, RetriesAndPurgesAllThatMatch) {
  GiveUpAnEvent();
  Answers(204);
  EXPECT_EQ(runtime_->Run(letters_.RetryAll(blue_, {DeadLetterFilter::Kind::kDelivery, ""})), 1U);
  Settle();
  EXPECT_EQ(KindsOf(List()), "consumer ");
  EXPECT_EQ(runtime_->Run(letters_.PurgeAll(blue_, {DeadLetterFilter::Kind::kAny, "other"})), 0U);
  EXPECT_EQ(runtime_->Run(letters_.PurgeAll(blue_, {})), 1U);
  EXPECT_EQ(KindsOf(List()), "");
}

}  // namespace
}  // namespace notify::agent::pipeline
