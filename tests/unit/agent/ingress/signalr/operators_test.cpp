// What operators see of hub connections, end, ask and limit.

#include <gmock/gmock.h>

#include "agent/async/task_group.hpp"
#include "tests/unit/agent/ingress/live/live_world.hpp"

namespace notify::agent::ingress::signalr {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class OperatorsTest : public testing::Test, public LiveWorld {
 protected:
  ~OperatorsTest() override { runtime_.Run(asking_.Stop()); }

  TenantHandle Blue() { return *CallerOf("blue admin tenant-admin").tenant; }
  std::vector<hub::ConnectionEntry> List() {
    return runtime_.Run(connections_.List(Blue(), {.limit = 100}));
  }
  std::vector<hub::UserPresence> Online() { return runtime_.Run(presence_.List(Blue(), {}, 100)); }
  /// Asks the only connection; the answer comes into `answer_`.
  void Ask(const std::string& method, Clock::Duration limit = 1s) {
    asking_.Spawn(AskTask(List().at(0).id, method, limit));
    runtime_.RunUntilIdle();
  }
  async::Task<void> AskTask(std::string id, std::string method, Clock::Duration limit) {
    std::vector<std::string> arguments = {"1", "\"x\""};
    answer_ = co_await connections_.Ask(Blue(), std::move(id), std::move(method),
                                        std::move(arguments), limit);
  }
  bool Connects(const std::string& who) {
    clients_.push_back(std::make_unique<HubClient>(*this, who));
    if (clients_.back()->head.find(" 101 ") != std::string::npos) {
      clients_.back()->Greeting();
      return true;
    }
    refusal_ = clients_.back()->head;
    clients_.pop_back();
    return false;
  }

  async::TaskGroup asking_{runtime_.io(0).executor()};
  std::optional<Result<std::string>> answer_;
  std::vector<std::unique_ptr<HubClient>> clients_;
  std::string refusal_;
};

TEST_F(OperatorsTest, AConnectionSaysHowItCameAndSinceWhen) {
  const Clock::WallTime begun = runtime_.clock().WallNow();
  HubClient alice(*this, "blue alice viewer,publisher");
  alice.Greeting();
  runtime_.RunFor(10s);
  const auto entries = List();
  ASSERT_EQ(entries.size(), 1U);
  const hub::SubscriberFacts& facts = entries[0].facts;
  EXPECT_EQ(facts.transport, "websockets");
  EXPECT_EQ(facts.protocol, "json");
  EXPECT_TRUE(facts.roles.Has(Role::kViewer) && facts.roles.Has(Role::kPublisher));
  EXPECT_LE(facts.since - begun, 1s);
  EXPECT_GE(facts.since, begun);
  EXPECT_FALSE(facts.address.empty());
  EXPECT_FALSE(facts.stateful);
  EXPECT_FALSE(facts.detached);
  EXPECT_EQ(facts.queued_bytes, 0U);
}

TEST_F(OperatorsTest, AStatefulConnectionThatLostItsWebSocketIsDetached) {
  auto negotiated = LiveWorld::Ask(
      "POST /hubs/notifications/negotiate?negotiateVersion=1&useStatefulReconnect=true",
      "blue alice viewer", "Content-Length: 0\r\n");
  negotiated->ReadUntil([&] { return negotiated->bytes.ends_with("}"); });
  const auto begin = negotiated->bytes.find(R"("connectionToken":")") + 19;
  const std::string token =
      negotiated->bytes.substr(begin, negotiated->bytes.find('"', begin) - begin);
  HubClient alice(*this, "blue alice viewer", "?id=" + token);
  alice.Send(R"({"protocol":"json","version":2})");
  EXPECT_EQ(alice.Next(), "{}");
  alice.Send(R"({"type":6})");  // The stock client's first message, which brings it in.
  EXPECT_THAT(alice.Next(), HasSubstr("connected"));
  EXPECT_TRUE(List().at(0).facts.stateful);
  EXPECT_FALSE(List().at(0).facts.detached);
  alice.peer().stream().Close();
  runtime_.RunFor(1s);
  EXPECT_TRUE(List().at(0).facts.detached);
  EXPECT_EQ(Online().at(0).connections, 1U) << "it is still there";
  runtime_.RunFor(20s);
  EXPECT_THAT(List(), IsEmpty());
}

TEST_F(OperatorsTest, NothingIsLeftOfAConnectionWhoseSocketIsGone) {
  HubClient alice(*this);
  alice.Greeting();
  EXPECT_EQ(gate_.connections(), 1U);
  EXPECT_EQ(Online().size(), 1U);
  alice.peer().stream().Close();
  runtime_.RunFor(1s);
  EXPECT_THAT(List(), IsEmpty());
  EXPECT_EQ(gate_.connections(), 0U);
  EXPECT_EQ(hub_.clients(), 0U);
  runtime_.RunFor(6s);
  EXPECT_THAT(Online(), IsEmpty());
}

TEST_F(OperatorsTest, TheClientsAnswerIsTheResult) {
  HubClient alice(*this);
  alice.Greeting();
  Ask("whoAreYou");
  EXPECT_EQ(alice.Next(),
            R"({"type":1,"invocationId":"q1","target":"whoAreYou","arguments":[1,"x"]})");
  alice.Send(R"({"type":3,"invocationId":"q1","result":{"name":"Alice"}})");
  runtime_.RunFor(100ms);
  ASSERT_TRUE(answer_);
  EXPECT_EQ(answer_->value(), R"({"name":"Alice"})");
}

TEST_F(OperatorsTest, AClientThatRefusesIsAConflictAndOneThatIsSilentATimeout) {
  HubClient alice(*this);
  alice.Greeting();
  Ask("whoAreYou");
  alice.Next();
  alice.Send(R"({"type":3,"invocationId":"q1","error":"Client didn't provide a result."})");
  runtime_.RunFor(100ms);
  ASSERT_TRUE(answer_);
  EXPECT_EQ(answer_->error().code, Errc::kConflict);
  answer_.reset();
  Ask("whoAreYou");
  EXPECT_FALSE(answer_);
  runtime_.RunFor(2s);
  ASSERT_TRUE(answer_);
  EXPECT_EQ(answer_->error().code, Errc::kTimeout);
  alice.Next();
  alice.Send(R"({"type":3,"invocationId":"q2","result":1})");
  EXPECT_THAT(alice.Call("Groups", ""), HasSubstr("tenant::blue")) << "too late is no error";
}

TEST_F(OperatorsTest, AConnectionThatEndsWhileItIsAskedIsUnavailable) {
  HubClient alice(*this);
  alice.Greeting();
  Ask("whoAreYou", 30s);
  alice.peer().stream().Close();
  runtime_.RunFor(1s);
  ASSERT_TRUE(answer_);
  EXPECT_EQ(answer_->error().code, Errc::kUnavailable);
}

TEST_F(OperatorsTest, AClientIsAskedSoManyThingsAtOnceAndNoMore) {
  HubClient alice(*this);
  alice.Greeting();
  for (int i = 0; i < 64; ++i) Ask("whoAreYou", 30s);
  EXPECT_FALSE(answer_);
  Ask("whoAreYou");
  ASSERT_TRUE(answer_);
  EXPECT_EQ(answer_->error().code, Errc::kRateLimited);
  alice.peer().stream().Close();
  runtime_.RunFor(1s);
}

TEST_F(OperatorsTest, AKickedClientReadsWhetherToComeAgainOrWhyNot) {
  HubClient first(*this);
  first.Greeting();
  EXPECT_TRUE(runtime_.Run(connections_.Kick(Blue(), List().at(0).id, {std::nullopt, true})));
  EXPECT_EQ(first.Next(), R"({"type":7,"allowReconnect":true})");
  runtime_.RunFor(10s);
  HubClient second(*this);
  second.Greeting();
  EXPECT_TRUE(runtime_.Run(connections_.Kick(Blue(), List().at(0).id, {"Maintenance.", false})));
  EXPECT_EQ(second.Next(), R"({"type":7,"error":"Maintenance."})");
}

TEST_F(OperatorsTest, BeyondTheTenantsNumberIs429WithRetryAfterAlsoAtNegotiate) {
  gate_.SetLimits(std::nullopt, {.most = 1});
  EXPECT_TRUE(Connects("blue alice viewer"));
  EXPECT_FALSE(Connects("blue bob viewer"));
  EXPECT_THAT(refusal_, testing::AllOf(HasSubstr(" 429 "), HasSubstr("Retry-After: 5")));
  auto negotiated = LiveWorld::Ask("POST /hubs/notifications/negotiate", "blue bob viewer",
                                   "Content-Length: 0\r\n");
  EXPECT_THAT(negotiated->bytes, testing::AllOf(HasSubstr(" 429 "), HasSubstr("Retry-After: 5")));
  clients_[0]->peer().stream().Close();
  runtime_.RunFor(1s);
  EXPECT_TRUE(Connects("blue bob viewer"));
}

TEST_F(OperatorsTest, BeyondAUsersNumberIs429AndItsPlacesComeBack) {
  heads_.emplace(runtime_.io(0).executor(), quota::HeadCounts::Limits{{1, 2}, {}});
  EXPECT_TRUE(Connects("blue alice viewer"));
  EXPECT_TRUE(Connects("blue alice viewer"));
  EXPECT_FALSE(Connects("blue alice viewer"));
  EXPECT_THAT(refusal_, testing::AllOf(HasSubstr(" 429 "), HasSubstr("Retry-After: 5")));
  EXPECT_EQ(gate_.connections(), 2U) << "a refusal keeps nothing of the tenant's number";
  EXPECT_TRUE(Connects("blue bob viewer"));
  clients_[0]->peer().stream().Close();
  runtime_.RunFor(1s);
  EXPECT_TRUE(Connects("blue alice viewer"));
}

TEST_F(OperatorsTest, WhoMayReadEventsIsToldWhoComes) {
  HubClient vera(*this, "blue vera viewer");
  vera.Greeting();
  EXPECT_THAT(vera.Call("SubscribePresence", ""), HasSubstr(R"({"type":3,"invocationId":"1"})"));
  HubClient alice(*this, "blue alice subscriber");
  alice.Greeting();
  EXPECT_THAT(vera.Next(),
              HasSubstr(R"("target":"presence","arguments":[{"user":"alice","online":true)"));
  EXPECT_THAT(alice.Call("SubscribePresence", ""), HasSubstr("forbidden: "));
}

}  // namespace
}  // namespace notify::agent::ingress::signalr
