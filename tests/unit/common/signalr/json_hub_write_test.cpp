#include <gtest/gtest.h>

#include <array>

#include "common/signalr/json_hub_protocol.hpp"

namespace notify::signalr {
namespace {

class JsonHubWrite : public testing::Test {
 protected:
  std::string Written(const HubMessage& message) {
    std::string out;
    protocol_.Append(out, message);
    return out;
  }

  JsonHubProtocol protocol_;
  std::string out_;
};

TEST_F(JsonHubWrite, AnInvocationPutsItsArgumentsInUnchanged) {
  const std::array<RawJson, 2> arguments = {R"({"amount":1e400})", "2"};
  protocol_.AppendInvocation(out_, "Re\"ceive", arguments);
  EXPECT_EQ(out_,
            "{\"type\":1,\"target\":\"Re\\\"ceive\",\"arguments\":[{\"amount\":1e400},2]}\x1e");
}

TEST_F(JsonHubWrite, CompletionsHaveAResultAnErrorOrNeither) {
  protocol_.AppendResult(out_, "1", "null");
  protocol_.AppendVoidResult(out_, "2");
  protocol_.AppendError(out_, "3", "a\nb");
  EXPECT_EQ(out_,
            "{\"type\":3,\"invocationId\":\"1\",\"result\":null}\x1e"
            "{\"type\":3,\"invocationId\":\"2\"}\x1e"
            "{\"type\":3,\"invocationId\":\"3\",\"error\":\"a\\nb\"}\x1e");
}

TEST_F(JsonHubWrite, ShortFormsSayWhatTheMessagesSay) {
  protocol_.AppendStreamItem(out_, "1", "[1]");
  protocol_.AppendPing(out_);
  protocol_.AppendClose(out_, "gone", true);
  EXPECT_EQ(out_, Written(StreamItem{"1", "[1]"}) + Written(Ping{}) + Written(Close{"gone", true}));
}

TEST_F(JsonHubWrite, ACloseOmitsWhatIsNotSo) {
  protocol_.AppendClose(out_, std::nullopt, false);
  EXPECT_EQ(out_, "{\"type\":7}\x1e");
}

TEST_F(JsonHubWrite, NumbersAreWrittenWhole) {
  EXPECT_EQ(Written(Ack{9223372036854775807}),
            "{\"type\":8,\"sequenceId\":9223372036854775807}\x1e");
}

}  // namespace
}  // namespace notify::signalr
