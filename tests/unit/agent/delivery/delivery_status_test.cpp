#include "agent/delivery/delivery_status.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace notify::agent::delivery {
namespace {

using nlohmann::json;

Delivery Failed() {
  Delivery delivery;
  delivery.id = "d";
  delivery.notification = "n";
  delivery.channel = "in_app";
  delivery.recipient = "user:alice";
  delivery.userid = "alice";
  delivery.state = State::kFailed;
  delivery.attempts = 3;
  delivery.last_error = "Gone.";
  delivery.updated_ms = 1000;
  return delivery;
}

TEST(DeliveryStatus, IsInThePlansSpelling) {
  const json shown = json::parse(DeliveryStatusJson(Failed(), false));
  EXPECT_EQ(shown["channel"], "IN_APP");
  EXPECT_EQ(shown["status"], "FAILED");
  EXPECT_EQ(shown["failureReason"], "Gone.");
  EXPECT_EQ(shown["retryCount"], 2);
  EXPECT_TRUE(shown["deliveredAt"].is_null());
  EXPECT_TRUE(shown["nextAttemptAt"].is_null());
}

TEST(DeliveryStatus, SaysWhenTheNextAttemptIsAndWhenItArrived) {
  Delivery delivery = Failed();
  delivery.state = State::kPending;
  delivery.next_at_ms = 2000;
  EXPECT_EQ(json::parse(DeliveryStatusJson(delivery, false))["nextAttemptAt"],
            "1970-01-01T00:00:02.000Z");
  delivery.state = State::kDelivered;
  const json shown = json::parse(DeliveryStatusJson(delivery, false));
  EXPECT_EQ(shown["deliveredAt"], "1970-01-01T00:00:01.000Z");
  EXPECT_TRUE(shown["failureReason"].is_null());
}

TEST(DeliveryStatus, HidesWhoItIsForUntilToldToReveal) {
  const json masked = json::parse(DeliveryStatusJson(Failed(), false));
  EXPECT_EQ(masked["recipient"], "user:a***");
  EXPECT_EQ(masked["userId"], "a***");
  const json revealed = json::parse(DeliveryStatusJson(Failed(), true));
  EXPECT_EQ(revealed["recipient"], "user:alice");
  EXPECT_EQ(revealed["userId"], "alice");
}

TEST(DeliveryStatus, TellsItsAttemptsAndTheLastReceipt) {
  const std::vector<Attempt> attempts = {
      {.number = 1, .at_ms = 1000, .took_ms = 5, .code = "upstream_timeout", .detail = "Slow."},
      {.number = 2, .at_ms = 2000, .result = State::kDelivered, .detail = "202", .receipt = "m-7"}};
  const json shown = json::parse(DeliveryStatusJson(Failed(), attempts, false));
  ASSERT_EQ(shown["history"].size(), 2U);
  EXPECT_EQ(shown["history"][0]["code"], "upstream_timeout");
  EXPECT_EQ(shown["history"][0]["result"], "FAILED");
  EXPECT_EQ(shown["history"][0]["at"], "1970-01-01T00:00:01.000Z");
  EXPECT_TRUE(shown["history"][1]["code"].is_null());
  EXPECT_EQ(shown["providerId"], "m-7");
}

TEST(Masking, KeepsWhatKindItIsAndHowItBegins) {
  EXPECT_EQ(Masked("tenant"), "tenant");
  EXPECT_EQ(Masked("user:\u00fcte"), "user:\u00fc***");
  EXPECT_EQ(Masked("user:"), "user:***");
  EXPECT_EQ(Masked("https://hooks.example/T01/secret?x=1"), "https://hooks.example/***");
  EXPECT_EQ(Masked("https://me:pw@hooks.example"), "https://hooks.example/***");
}

TEST(ChannelNames, AreTakenInEitherSpelling) {
  EXPECT_EQ(ChannelFromName("IN_APP"), "in_app");
  EXPECT_EQ(ChannelFromName("webhook"), "webhook");
  EXPECT_EQ(ChannelName("webhook"), "WEBHOOK");
}

}  // namespace
}  // namespace notify::agent::delivery
