#include "cli/hub/request.hpp"

#include "tests/unit/cli/hub/hub_command_test.hpp"

namespace notify::cli::hub {
namespace {

class HubRequestTest : public testing_support::HubCommandTest {
 protected:
  HubRequestOptions Options(std::string method, std::vector<std::string> arguments = {}) {
    return {.factory = &factory(),
            .reach = Reach(),
            .method = std::move(method),
            .arguments = std::move(arguments)};
  }
  Status Invoke(const HubRequestOptions& options) { return RunRequest(options, false); }
  Status Stream(const HubRequestOptions& options) { return RunRequest(options, true); }
};

TEST_F(HubRequestTest, PrintsTheResult) {
  const auto& hub = Connects().Says(Call("meanwhile")).Says(Done(R"(,"result":"hi bob")"));
  ASSERT_TRUE(Invoke(Options("Greet", {"\"bob\"", " {\"a\" : 1.0} "})));
  EXPECT_EQ(out(), "hi bob\n");
  EXPECT_NE(hub.script.received.find(R"("target":"Greet","arguments":["bob",{"a":1.0}])"),
            std::string::npos);
}

TEST_F(HubRequestTest, AnArgumentThatIsNotJsonIsExitTwoAndSaysHowToQuoteAString) {
  EXPECT_EQ(Run("hub invoke Greet bob --url http://hub.test/chat"), 2);
  EXPECT_NE(err().find("'\"bob\"'"), std::string::npos) << err();
}

TEST_F(HubRequestTest, ARefusalOfAnotherServerIsItsText) {
  Connects().Says(Done(R"(,"error":"Unknown hub method 'X'")"));
  const auto refused = Invoke(Options("X"));
  EXPECT_EQ(refused.error().code, Errc::kInternal);
  EXPECT_NE(refused.error().detail.find("Unknown hub method 'X'"), std::string::npos);
}

TEST_F(HubRequestTest, OurCodeCountsBehindTheServersSentenceToo) {
  Connects().Says(Done(
      R"(,"error":"An unexpected error occurred invoking 'X' on the server. HubException: forbidden: No.")"));
  const auto refused = Invoke(Options("X"));
  EXPECT_EQ(refused.error().code, Errc::kForbidden);
  EXPECT_EQ(refused.error().detail, "No.");
}

TEST_F(HubRequestTest, AnInvocationThatIsNotAnsweredTimesOut) {
  Connects();
  factory().globals().timeout_seconds = 10;
  const auto late = Invoke(Options("Slow"));
  EXPECT_EQ(late.error().code, Errc::kTimeout);
  EXPECT_NE(late.error().hint.find("--timeout"), std::string::npos);
}

TEST_F(HubRequestTest, AnInvocationWhoseConnectionIsLostHasFailed) {
  Connects().ThenEnds();
  EXPECT_EQ(Invoke(Options("X")).error().code, Errc::kAgentUnreachable);
}

TEST_F(HubRequestTest, AStreamPrintsItsItemsOneALine) {
  Connects().Says(Item("1")).Says(Item("{\"b\":[2, 3]}")).Says(Done());
  factory().globals().output = "ndjson";
  ASSERT_TRUE(Stream(Options("Count", {"2"})));
  EXPECT_EQ(out(), "1\n{\"b\":[2, 3]}\n");
}

TEST_F(HubRequestTest, AStreamThatFailsKeepsItsItemsAndSaysWhy) {
  Connects().Says(Item("1")).Says(Done(R"(,"error":"It broke.")"));
  const auto failed = Stream(Options("Count"));
  EXPECT_EQ(out(), "1\n");
  EXPECT_NE(failed.error().detail.find("It broke."), std::string::npos);
}

TEST_F(HubRequestTest, UploadsTheLinesOfStandardInputAndThenTheEnd) {
  pretend.input = "1\n\n{\"a\": 2}\n3";
  const auto& hub =
      Connects().Says(Call("first")).Says(Call("second")).Says(Done(R"(,"result":6)"));
  auto options = Options("Sum");
  options.upload = "-";
  ASSERT_TRUE(Invoke(options));
  EXPECT_EQ(out(), "6\n");
  EXPECT_NE(hub.script.received.find("\"streamIds\":[\"2\"]"), std::string::npos);
  EXPECT_NE(hub.script.received.find("{\"type\":2,\"invocationId\":\"2\",\"item\":1}\x1e"
                                     "{\"type\":2,\"invocationId\":\"2\",\"item\":{\"a\":2}}\x1e"
                                     "{\"type\":2,\"invocationId\":\"2\",\"item\":3}\x1e"
                                     "{\"type\":3,\"invocationId\":\"2\"}\x1e"),
            std::string::npos)
      << hub.script.received;
}

TEST_F(HubRequestTest, ALineThatIsNotJsonIsInvalidInputAndSaysWhich) {
  pretend.input = "1\n\nbob\n";
  Connects();
  auto options = Options("Sum");
  options.upload = "-";
  const auto refused = Invoke(options);
  EXPECT_EQ(refused.error().code, Errc::kInvalidJson);
  EXPECT_NE(refused.error().detail.find("Line 3"), std::string::npos);
}

}  // namespace
}  // namespace notify::cli::hub
