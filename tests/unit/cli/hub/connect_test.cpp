#include "cli/hub/connect.hpp"

#include "tests/unit/cli/hub/hub_command_test.hpp"

namespace notify::cli::hub {
namespace {

class HubConnectTest : public testing_support::HubCommandTest {
 protected:
  HubConnectOptions Options(std::int64_t count) {
    return {.factory = &factory(), .reach = Reach(), .count = count};
  }
};

TEST_F(HubConnectTest, PrintsEachCallAndSaysOnStandardErrorHowItIsConnected) {
  Connects().Says(Call("hello", "1")).Says(Call("bye", "\"x\",2"));
  factory().globals().output = "ndjson";
  ASSERT_TRUE(RunHubConnect(Options(2)));
  EXPECT_EQ(
      out(),
      "{\"method\":\"hello\",\"arguments\":[1]}\n{\"method\":\"bye\",\"arguments\":[\"x\",2]}\n");
  EXPECT_EQ(err(), "connected (WebSockets, json)\n");
}

TEST_F(HubConnectTest, StopsAfterAsManyCallsAsWereWantedAndSaysGoodBye) {
  const auto& hub = Connects().Says(Call("a")).Says(Call("b"));
  ASSERT_TRUE(RunHubConnect(Options(1)));
  EXPECT_EQ(out(), "a                   \n");
  EXPECT_TRUE(hub.script.received.ends_with("{\"type\":7}\x1e"));
}

TEST_F(HubConnectTest, StopsAfterItsTime) {
  Connects();
  ASSERT_TRUE(RunHubConnect({.factory = &factory(), .reach = Reach(), .duration = "20s"}));
  EXPECT_EQ(out(), "");
}

TEST_F(HubConnectTest, SubscribesBeforeItPrints) {
  const auto& hub = Connects().Says(Done(R"(,"result":{})")).Says(Call("order.paid"));
  auto options = Options(1);
  options.subscribe = {"order.*"};
  ASSERT_TRUE(RunHubConnect(options));
  EXPECT_NE(hub.script.received.find(R"("target":"Subscribe","arguments":[{"types":["order.*"]}])"),
            std::string::npos);
  EXPECT_NE(err().find("subscribed to order.*\n"), std::string::npos);
}

TEST_F(HubConnectTest, ARefusedSubscriptionIsItsError) {
  Connects().Says(Done(R"(,"error":"forbidden: Not for you.")"));
  auto options = Options(1);
  options.subscribe = {"order.*"};
  EXPECT_EQ(RunHubConnect(options).error().code, Errc::kForbidden);
}

TEST_F(HubConnectTest, SubscribesAgainOnANewConnection) {
  Connects().Says(Done()).ThenEnds();
  const auto& again = Connects().Says(R"({"type":3,"invocationId":"2"})").Says(Call("a"));
  auto options = Options(1);
  options.reach.reconnect = "default";
  options.subscribe = {"x.y"};
  ASSERT_TRUE(RunHubConnect(options));
  EXPECT_NE(again.script.received.find("\"target\":\"Subscribe\""), std::string::npos);
  EXPECT_NE(err().find("reconnecting: "), std::string::npos);
  EXPECT_NE(err().find("\nreconnected (WebSockets, json)\n"), std::string::npos) << err();
}

TEST_F(HubConnectTest, AHubThatClosesWithAnErrorIsAFailureThatSaysIt) {
  Connects().Says(R"({"type":7,"error":"Server is going down."})");
  const auto ended = RunHubConnect(Options(1));
  EXPECT_EQ(ended.error().code, Errc::kAgentUnreachable);
  EXPECT_NE(ended.error().detail.find("Server is going down."), std::string::npos);
}

TEST_F(HubConnectTest, AHubThatClosesWithoutOneEndsItWell) {
  Connects().Says(R"({"type":7})");
  EXPECT_TRUE(RunHubConnect(Options(1)));
  EXPECT_NE(err().find("closed by the hub\n"), std::string::npos);
}

TEST_F(HubConnectTest, AnInterruptEndsIt) {
  Connects().interrupts = true;
  EXPECT_EQ(RunHubConnect(Options(1)).error().code, Errc::kInterrupted);
}

TEST_F(HubConnectTest, ADurationThatIsNoneIsAUsageError) {
  EXPECT_EQ(Run("hub connect http://hub.test/c --for soon"), 2);
  EXPECT_NE(err().find("--for"), std::string::npos);
}

}  // namespace
}  // namespace notify::cli::hub
