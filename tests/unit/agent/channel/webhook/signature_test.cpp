#include "agent/channel/webhook/signature.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/vectors.hpp"

namespace notify::agent::channel {
namespace {

class StandardWebhooks : public testing::Test {
 protected:
  void SetUp() override {
    const auto folder = testing_support::VectorsFolder("standard-webhooks");
    if (!folder) GTEST_SKIP() << "The vectors of Standard Webhooks are not there.";
    vectors_ = nlohmann::json::parse(testing_support::ReadFile(*folder + "/vectors.json"));
  }
  nlohmann::json vectors_;
};

TEST_F(StandardWebhooks, SignsAsTheReferenceDoes) {
  for (const auto& one : vectors_["sign"]) {
    EXPECT_EQ(WebhookSignature(Secret(one["secret"]), one["id"].get<std::string>(),
                               one["timestamp"], one["payload"].get<std::string>()),
              one["signature"]);
  }
}

TEST_F(StandardWebhooks, EveryReceiverThatChecksUsAcceptsUs) {
  int checked = 0;
  for (const auto& one : vectors_["verify"]) {
    if (!one["valid"]) continue;
    const auto& headers = one["headers"];
    const std::string signature =
        WebhookSignature(Secret(one["secret"]), headers["webhook-id"].get<std::string>(),
                         std::stoll(headers["webhook-timestamp"].get<std::string>()),
                         one["payload"].get<std::string>());
    EXPECT_NE(headers["webhook-signature"].get<std::string>().find(signature), std::string::npos)
        << one["name"];
    ++checked;
  }
  EXPECT_GE(checked, 3);
}

TEST_F(StandardWebhooks, WhatIsNoSecretSignsNothing) {
  for (const auto& secret : vectors_["invalid_secrets"]) {
    EXPECT_EQ(WebhookSignature(Secret(secret), "id", 1, "{}"), "");
  }
}

}  // namespace
}  // namespace notify::agent::channel
