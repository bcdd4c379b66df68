#include "cli/hub/reach.hpp"

#include "tests/unit/cli/hub/hub_command_test.hpp"

namespace notify::cli::hub {
namespace {

using HubReachTest = testing_support::HubCommandTest;

TEST_F(HubReachTest, WithoutAUrlItIsTheAgentsHubWithItsCredentialAndTenant) {
  variables["NOTIFYCTL_ENDPOINT"] = "http://agent.test:7800";
  variables["NOTIFYCTL_TOKEN"] = "key";
  factory().globals().agent.tenant = "blue";
  const auto settings = SettingsOf(factory(), {}).value();
  EXPECT_EQ(settings.url.ToString(), "http://agent.test:7800/hubs/notifications");
  EXPECT_EQ(settings.caller.token.Reveal(), "key");
  EXPECT_EQ(settings.caller.tenant, "blue");
}

TEST_F(HubReachTest, TheAgentsCredentialIsNotSentToAnotherServer) {
  variables["NOTIFYCTL_TOKEN"] = "key";
  const auto settings = SettingsOf(factory(), {.url = "http://hub.test/chat"}).value();
  EXPECT_TRUE(settings.caller.token.empty());
  factory().globals().agent.token = "for-it";
  EXPECT_EQ(SettingsOf(factory(), {.url = "http://hub.test/chat"}).value().caller.token.Reveal(),
            "for-it");
}

TEST_F(HubReachTest, TakesTheAnswersByMethod) {
  const auto settings =
      SettingsOf(factory(), {.url = "http://hub.test/c", .answers = {R"(GetName="a=b")", "N= 1"}})
          .value();
  EXPECT_EQ(settings.answers.at("GetName"), "\"a=b\"");
  EXPECT_EQ(settings.answers.at("N"), "1");
}

TEST_F(HubReachTest, AnAnswerThatIsNotJsonIsAUsageError) {
  for (const auto* answer : {"GetName", "GetName=bob", "=1", "GetName="}) {
    const auto settings = SettingsOf(factory(), {.url = "http://hub.test/c", .answers = {answer}});
    ASSERT_FALSE(settings) << answer;
    EXPECT_EQ(settings.error().code, Errc::kUsage) << answer;
  }
}

TEST_F(HubReachTest, BothProtocolsAreThere) {
  const auto binary =
      SettingsOf(factory(), {.url = "http://hub.test/c", .protocol = "messagepack"}).value();
  EXPECT_EQ(binary.protocol->Format(), signalr::TransferFormat::kBinary);
  EXPECT_EQ(SettingsOf(factory(), {.url = "http://hub.test/c"}).value().protocol->Name(), "json");
}

TEST_F(HubReachTest, AnotherChoiceThanThereIsIsAUsageError) {
  EXPECT_EQ(Run("hub connect --transport pigeon"), 2);
  EXPECT_EQ(Run("hub connect --protocol xml"), 2);
  EXPECT_EQ(Run("hub connect --reconnect maybe"), 2);
  EXPECT_EQ(Run("hub connect not-a-url"), 2);
  EXPECT_EQ(Run("hub connect http://hub.test/c --transport sse --protocol messagepack"), 2);
}

}  // namespace
}  // namespace notify::cli::hub
