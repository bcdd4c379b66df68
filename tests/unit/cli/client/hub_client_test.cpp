#include "cli/client/hub_client.hpp"

#include <gtest/gtest.h>

#include <array>

#include "tests/support/fake_clock.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/unit/cli/client/scripted_hub.hpp"

namespace notify::cli::client {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kClosed = R"({"type":7,"error":"draining","allowReconnect":true})";

class HubClientTest : public ::testing::Test {
 protected:
  Result<std::unique_ptr<HubClient>> Connect(bool silent = false) {
    const Endpoint endpoint = Endpoint::Parse("http://agent.test:7800").value();
    return HubClient::Connect(
        std::make_unique<testing_support::ScriptedConnection>(script_, silent), endpoint,
        Caller{.token = Secret{"nk_blue_x"}, .tenant = "blue", .limit = 1s}, clock_, random_);
  }

  std::string Sent() const { return script_.received; }

  testing_support::HubScript script_;
  ::notify::testing_support::FakeClock clock_;
  ::notify::testing_support::SeededRandom random_;
};

TEST_F(HubClientTest, AsksForTheUpgradeAsTheCallerAndShakesHands) {
  script_.Message("{}");
  ASSERT_TRUE(Connect());
  EXPECT_TRUE(script_.head.starts_with("GET /hubs/notifications HTTP/1.1\r\n"));
  EXPECT_NE(script_.head.find("Authorization: Bearer nk_blue_x\r\n"), std::string::npos);
  EXPECT_NE(script_.head.find("X-Tenant: blue\r\n"), std::string::npos);
  EXPECT_EQ(Sent(), "{\"protocol\":\"json\",\"version\":1}\x1e");
}

TEST_F(HubClientTest, ARefusedUpgradeIsTheAgentsError) {
  script_.status = 403;
  const auto client = Connect();
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().code, Errc::kForbidden);
  EXPECT_EQ(client.error().detail, "Not for you.");
}

TEST_F(HubClientTest, ARefusedHandshakeSaysWhy) {
  script_.Message(R"({"error":"no such protocol"})");
  const auto client = Connect();
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().detail, "no such protocol");
}

TEST_F(HubClientTest, AnInvocationWaitsForItsResultAndKeepsWhatComesMeanwhile) {
  script_.Message("{}");
  script_.Message(R"({"type":1,"target":"connected","arguments":[{"user":"a"}]})");
  script_.Message(R"({"type":3,"invocationId":"1","result":{"sequence":7}})");
  const auto client = Connect().value();
  const std::array<std::string, 1> arguments = {R"({"types":["x.y"]})"};
  EXPECT_EQ(client->Invoke("Subscribe", arguments).value(), R"({"sequence":7})");
  EXPECT_NE(Sent().find(R"("target":"Subscribe","arguments":[{"types":["x.y"]}])"),
            std::string::npos)
      << Sent();
  const auto calls = client->Read(1s, -1).value();
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_EQ(calls[0].method, "connected");
  EXPECT_EQ(calls[0].arguments.at(0), R"({"user":"a"})");
}

TEST_F(HubClientTest, AHubExceptionIsAnErrorWithItsCode) {
  script_.Message("{}");
  script_.Message(R"({"type":3,"invocationId":"1","error":"forbidden: Not your group."})");
  const auto client = Connect().value();
  const auto answer = client->Invoke("JoinTenantGroup", {});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::kForbidden);
  EXPECT_EQ(answer.error().detail, "Not your group.");
}

TEST_F(HubClientTest, MessagesMayBeCutAnywhere) {
  script_.Message("{}");
  script_.Frame(0x1, "{\"type\":1,\"target\":\"a\",\"arg");
  script_.Frame(
      0x1, "uments\":[1]}\x1e{\"type\":6}\x1e{\"type\":1,\"target\":\"b\",\"arguments\":[]}\x1e");
  const auto client = Connect().value();
  EXPECT_TRUE(client->Read(1s, -1).value().empty());
  const auto calls = client->Read(1s, -1).value();
  ASSERT_EQ(calls.size(), 2U);
  EXPECT_EQ(calls[0].arguments.at(0), "1");
  EXPECT_EQ(calls[1].method, "b");
}

TEST_F(HubClientTest, AnswersThePingsOfTheWebSocket) {
  script_.Message("{}");
  script_.Frame(0x9, "?");
  const auto client = Connect().value();
  EXPECT_TRUE(client->Read(1s, -1).value().empty());
  EXPECT_EQ(script_.pongs, 1);
}

TEST_F(HubClientTest, PingsTheHubWhenItHasSaidNothingFor15Seconds) {
  script_.Message("{}");
  const auto client = Connect(/*silent=*/true).value();
  script_.received.clear();
  clock_.Advance(15s - 1ns);
  EXPECT_EQ(client->Read(1s, -1).error().code, Errc::kTimeout);
  EXPECT_EQ(Sent(), "");
  clock_.Advance(1ns);
  EXPECT_EQ(client->Read(1s, -1).error().code, Errc::kTimeout);
  EXPECT_EQ(Sent(), "{\"type\":6}\x1e");
}

TEST_F(HubClientTest, WhatCameBeforeACloseStillCounts) {
  script_.Message("{}");
  script_.Frame(
      0x1, "{\"type\":1,\"target\":\"a\",\"arguments\":[]}\x1e" + std::string(kClosed) + '\x1e');
  const auto client = Connect().value();
  EXPECT_EQ(client->Read(1s, -1).value().size(), 1U);
  EXPECT_EQ(client->Read(1s, -1).error().code, Errc::kAgentUnreachable);
}

TEST_F(HubClientTest, ACloseSaysItsReason) {
  script_.Message("{}");
  script_.Message(kClosed);
  const auto client = Connect().value();
  const auto read = client->Read(1s, -1);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Errc::kAgentUnreachable);
  EXPECT_NE(read.error().detail.find("draining"), std::string::npos);
}

}  // namespace
}  // namespace notify::cli::client
