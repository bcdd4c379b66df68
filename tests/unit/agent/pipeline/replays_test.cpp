#include "agent/pipeline/replays.hpp"

#include "tests/unit/agent/pipeline/replay_world.hpp"

namespace notify::agent::pipeline {
namespace {

using namespace std::chrono_literals;

constexpr auto kSlowly = R"({"after": "0", "rate": 1, "target": {"user": "alice"}})";

class ReplaysTest : public ReplayWorld {
 protected:
  void SetUp() override { Publish(blue_, 100); }
};

TEST_F(ReplaysTest, TheSameKeyIsTheSameReplayAndAnotherBodyIsAnError) {
  const auto first = Begin(blue_, kSlowly, "key");
  const auto again = Begin(blue_, kSlowly, "key");
  EXPECT_EQ(first["token"], again["token"]);
  EXPECT_EQ(Begin(blue_, R"({"after": "1", "target": {"user": "a"}})", "key")["code"],
            "idempotency_key_reused");
  EXPECT_NE(Begin(blue_, kSlowly)["token"], first["token"]);
}

TEST_F(ReplaysTest, RunsOnlySoManyOfATenantAtOnce) {
  for (std::size_t i = 0; i < options_.at_once; ++i) {
    EXPECT_EQ(Begin(blue_, kSlowly)["state"], "running");
  }
  EXPECT_EQ(Begin(blue_, kSlowly)["code"], "conflict");
  EXPECT_EQ(Begin(green_, kSlowly)["state"], "running");
}

TEST_F(ReplaysTest, ACancelledOneIsOverForGood) {
  const auto replay = Begin(blue_, kSlowly);
  runtime_->RunFor(3s);
  const auto ended =
      Read(runtime_->Run(replays_->End(blue_, Token(replay), ReplayRun::Stop::kCancel)));
  EXPECT_EQ(ended["state"], "cancelled");
  EXPECT_EQ(Resume(blue_, replay)["code"], "conflict");
  EXPECT_EQ(Interrupt(blue_, replay)["code"], "conflict");
}

TEST_F(ReplaysTest, AnInterruptedOneCanBeCancelledToo) {
  const auto replay = Begin(blue_, kSlowly);
  Interrupt(blue_, replay);
  const auto ended =
      Read(runtime_->Run(replays_->End(blue_, Token(replay), ReplayRun::Stop::kCancel)));
  EXPECT_EQ(ended["state"], "cancelled");
}

TEST_F(ReplaysTest, AsksForTheEndWithinAWait) {
  const auto replay = Begin(blue_, R"({"after": "98", "rate": 1, "target": {"user": "alice"}})");
  const auto answer = Read(runtime_->Run(replays_->Get(blue_, Token(replay), 20s)));
  EXPECT_EQ(answer["state"], "completed");
}

TEST_F(ReplaysTest, ListsTheNewestFirst) {
  const auto first = Begin(blue_, kSlowly);
  const auto second = Begin(blue_, kSlowly);
  auto list = runtime_->Run(replays_->List(blue_, "", 10));
  ASSERT_TRUE(list);
  ASSERT_EQ(list->size(), 2U);
  EXPECT_EQ(Token(nlohmann::json::parse(list->front())), Token(second));
}

TEST_F(ReplaysTest, AStoppedAgentKeepsThePositionAndSaysInterrupted) {
  const auto replay =
      Begin(blue_, R"({"after": "0", "rate": 1, "attended": true, "target": {"user": "alice"}})");
  runtime_->RunFor(2500ms);
  runtime_->Run(replays_->Stop(), &runtime_->platform());
  const auto kept = Get(blue_, replay);
  EXPECT_EQ(kept["state"], "interrupted");
  EXPECT_EQ(kept["position"], "1000-3");
  EXPECT_EQ(Begin(blue_, kSlowly)["code"], "unavailable");
}

TEST_F(ReplaysTest, LetsGoOfATenantAndOfWhatIsWrittenIntoItsLog) {
  const auto own = Begin(blue_, kSlowly);
  const auto into = Begin(blue_, R"({"after": "0", "rate": 1, "target": {"tenant": "green"}})");
  runtime_->RunFor(2s);
  runtime_->Run(replays_->LetGo(green_), &runtime_->platform());
  EXPECT_EQ(Get(blue_, into)["state"], "interrupted");
  EXPECT_EQ(Get(blue_, own)["state"], "running");
  runtime_->Run(replays_->LetGo(blue_), &runtime_->platform());
  EXPECT_EQ(Get(blue_, own)["state"], "interrupted");
}

TEST_F(ReplaysTest, RefusesATenantThatIsNotThereAndAUrlThatIsNotAllowed) {
  EXPECT_EQ(Begin(blue_, R"({"after": "0", "target": {"tenant": "nobody"}})")["code"],
            "tenant_not_found");
  EXPECT_EQ(Begin(blue_, R"({"after": "0", "target": {"url": "http://a.example/",)"
                         R"( "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}})")["code"],
            "forbidden");
}

}  // namespace
}  // namespace notify::agent::pipeline
