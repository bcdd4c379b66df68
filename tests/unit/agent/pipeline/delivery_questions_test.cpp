#include "agent/pipeline/delivery_questions.hpp"

#include <nlohmann/json.hpp>

#include "tests/unit/agent/pipeline/delivery_world.hpp"

namespace notify::agent::pipeline {
namespace {

using nlohmann::json;

class DeliveryQuestionsTest : public DeliveryWorld {
 protected:
  DeliveryQuestions Questions() { return DeliveryQuestions(side_->parts); }
  Result<std::string> Get(const TenantHandle& tenant, const std::string& id,
                          DeliveryView view = {}) {
    DeliveryQuestions questions = Questions();
    return runtime_->Run(questions.Get(tenant, id, std::move(view)));
  }
  Result<DeliveryStates> List(const TenantHandle& tenant, delivery::DeliveryFilter filter = {},
                              std::string place = {}, std::size_t limit = 10,
                              DeliveryView view = {}) {
    DeliveryQuestions questions = Questions();
    return runtime_->Run(
        questions.List(tenant, std::move(filter), std::move(place), limit, std::move(view)));
  }
  /// What `notification.created` says of the only delivery.
  json Created() { return json::parse(log_.OfType(blue_, "notification.created").at(0).data); }
  void TellsAlice() {
    PutRule(blue_, R"({"on": "a.b", "template": "hello", "audience": {"user": "alice"}})");
  }
};

TEST_F(DeliveryQuestionsTest, ADeliveryIsFoundByItsIdAndItsNotifications) {
  TellsTheTenant(blue_);
  Publish(blue_);
  Settle();
  for (const auto* name : {"delivery", "notification"}) {
    const std::string id = Created()[name];
    const json shown = json::parse(Get(blue_, id).value());
    EXPECT_EQ(shown["status"], "DELIVERED");
    EXPECT_EQ(shown["attempts"], 1);
    EXPECT_EQ(shown["templateId"], "hello");
    EXPECT_EQ(shown["rule"], "rule");
    EXPECT_EQ(Get(green_, id).error().code, Errc::kNotFound);
  }
}

TEST_F(DeliveryQuestionsTest, EachAttemptIsThereWithItsResultAfterAPowerCut) {
  TellsTheWebhook(blue_);
  http_->Answer(kUrl, channel::HttpResponse{.status = 503});
  Publish(blue_);
  runtime_->RunFor(std::chrono::seconds(2));
  const std::string id = Created()["delivery"];
  const json waiting = json::parse(Get(blue_, id).value());
  EXPECT_EQ(waiting["status"], "PENDING");
  EXPECT_FALSE(waiting["nextAttemptAt"].is_null());
  EXPECT_EQ(waiting["recipient"], "https://hooks.example/***");
  CrashAndRestart();
  http_->Answer(kUrl, channel::HttpResponse{.status = 200});
  Settle();
  const json shown = json::parse(Get(blue_, id).value());
  EXPECT_EQ(shown["status"], "DELIVERED");
  ASSERT_EQ(shown["history"].size(), 2U);
  EXPECT_EQ(shown["history"][0]["result"], "FAILED");
  EXPECT_EQ(shown["history"][0]["at"].is_null(), false);
  EXPECT_EQ(shown["history"][1]["result"], "DELIVERED");
  EXPECT_EQ(shown["history"][1]["attempt"], 2);
}

TEST_F(DeliveryQuestionsTest, WhoSeesItsOwnOnlyDoesNotLearnOfOthers) {
  TellsAlice();
  Publish(blue_);
  Settle();
  const std::string id = Created()["delivery"];
  const json own = json::parse(Get(blue_, id, {.only_to = "user:alice", .reveal = true}).value());
  EXPECT_EQ(own["recipient"], "user:alice");
  const Error hidden = Get(blue_, id, {.only_to = "user:bob"}).error();
  EXPECT_EQ(hidden.code, Errc::kNotFound);
  EXPECT_EQ(hidden.detail, "There is no delivery " + id + ".");
  EXPECT_EQ(List(blue_, {}, {}, 10, {.only_to = "user:alice"})->items.size(), 1U);
  EXPECT_TRUE(List(blue_, {}, {}, 10, {.only_to = "user:bob"})->items.empty());
  EXPECT_TRUE(
      List(blue_, {.recipient = "user:alice"}, {}, 10, {.only_to = "user:bob"})->items.empty());
}

TEST_F(DeliveryQuestionsTest, AListIsNewestFirstAndPaged) {
  TellsAlice();
  for (int i = 0; i < 3; ++i) {
    Publish(blue_);
    Settle();
  }
  const auto first = List(blue_, {}, {}, 2).value();
  ASSERT_EQ(first.items.size(), 2U);
  const auto second = List(blue_, {}, first.next, 2).value();
  ASSERT_EQ(second.items.size(), 1U);
  EXPECT_EQ(second.next, "");
  EXPECT_EQ(json::parse(first.items[0])["event"]["sequence"] >
                json::parse(second.items[0])["event"]["sequence"],
            true);
  EXPECT_EQ(json::parse(first.items[0])["recipient"], "user:a***");
  EXPECT_TRUE(List(green_)->items.empty());
}

TEST_F(DeliveryQuestionsTest, AForeignPlaceIsRefused) {
  for (const char* place : {"x", "1", "1x.y", ".", "99999999999999999999.a"}) {
    EXPECT_EQ(List(blue_, {}, place).error().code, Errc::kInvalidArgument) << place;
  }
}

}  // namespace
}  // namespace notify::agent::pipeline
