#include "agent/ingress/signalr/invocations.hpp"

#include <gmock/gmock.h>

#include "tests/unit/agent/ingress/live/live_world.hpp"

namespace notify::agent::ingress::signalr {
namespace {

using testing::HasSubstr;

class InvocationsTest : public testing::Test {
 protected:
  void Begin(std::size_t parallel) {
    world_.emplace(1, HubRules{.parallel = parallel});
    client_.emplace(*world_, "blue shop publisher");
    client_->Greeting();
    world_->intake_.held = true;
  }
  void Publish(const std::string& id) { Send(id, "Publish", R"({"type":"order.created"})"); }
  void Groups(const std::string& id) { Send(id, "Groups", ""); }
  void Release() {
    world_->intake_.held = false;
    world_->intake_.released.Notify();
  }
  /// The ids of what is answered until nothing is.
  std::string Answered() {
    std::string ids;
    for (std::string next = client_->Next(100ms); !next.empty(); next = client_->Next(100ms)) {
      const auto at = next.find("\"invocationId\":\"");
      if (at != std::string::npos) ids += next.at(at + 16);
    }
    return ids;
  }
  void Send(const std::string& id, const std::string& method, const std::string& arguments) {
    client_->Send(R"({"type":1,"invocationId":")" + id + R"(","target":")" + method +
                  R"(","arguments":[)" + arguments + "]}");
  }

  std::optional<LiveWorld> world_;
  std::optional<HubClient> client_;
};

TEST_F(InvocationsTest, OneAfterTheOtherInTheOrderInWhichTheyCame) {
  Begin(1);
  Publish("a");
  Groups("b");
  Publish("c");
  EXPECT_EQ(Answered(), "");
  Release();
  EXPECT_EQ(Answered(), "abc");
}

TEST_F(InvocationsTest, WhereSeveralMayRunAFastOneOvertakesASlowOne) {
  Begin(2);
  Publish("a");
  Groups("b");
  Groups("c");
  EXPECT_EQ(Answered(), "bc");
  Release();
  EXPECT_EQ(Answered(), "a");
}

TEST_F(InvocationsTest, NoMoreRunAtOnceThanMay) {
  Begin(2);
  Publish("a");
  Publish("b");
  Groups("c");
  EXPECT_EQ(Answered(), "");
  Release();
  EXPECT_EQ(Answered(), "abc");
}

TEST_F(InvocationsTest, AStreamDoesNotCount) {
  Begin(2);
  world_->intake_.held = false;
  client_.emplace(*world_, "blue boss tenant-admin");
  client_->Greeting();
  for (const char* id : {"x", "y", "z"}) {
    client_->Send(R"({"type":4,"invocationId":")" + std::string(id) +
                  R"(","target":"StreamEvents","arguments":[{}]})");
  }
  Groups("a");
  EXPECT_EQ(Answered(), "a");
}

TEST_F(InvocationsTest, ACallThatRunsWhenItsConnectionEndsIsFinished) {
  Begin(4);
  Publish("a");
  Publish("b");
  client_->Send(R"({"type":7})");
  client_->SendRaw(websocket::Opcode::kClose, "");
  client_->peer().ReadsTheEnd(2s);
  EXPECT_EQ(world_->hub_.clients(), 1U);
  Release();
  world_->runtime_.RunFor(1s);
  EXPECT_EQ(world_->hub_.clients(), 0U);
  EXPECT_EQ(world_->log_.last("blue"), 2U);
}

}  // namespace
}  // namespace notify::agent::ingress::signalr
