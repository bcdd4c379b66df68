#include "tests/unit/agent/pipeline/replay_world.hpp"

namespace notify::agent::pipeline {
namespace {

using namespace std::chrono_literals;

constexpr auto kAtOnce = R"({"after": "0", "speed": "max", "target": {"user": "alice"}})";

/// Blue misbehaves; green replays its own few events.
class TwoTenantReplays : public ReplayWorld {
 protected:
  bool GreenIsReplayedWithin(Clock::Duration limit) {
    Publish(green_, 5);
    const auto replay = Begin(green_, kAtOnce);
    return Read(runtime_->Run(replays_->Get(green_, Token(replay), limit)))["state"] == "completed";
  }
};

TEST_F(TwoTenantReplays, AReceiverOfOneThatTakesNothingDelaysNothingOfTheOther) {
  Publish(blue_, 1000);
  live_.full = {"blue"};
  for (std::size_t i = 0; i < options_.at_once; ++i) Begin(blue_, kAtOnce);
  EXPECT_TRUE(GreenIsReplayedWithin(1s));
  EXPECT_TRUE(NumbersGiven("blue").empty());
}

TEST_F(TwoTenantReplays, AQuotaOfOneThatIsUsedUpHoldsUpThatOneAlone) {
  Publish(blue_, 1000);
  copies_.refusals = 1000;
  Begin(blue_, R"({"after": "0", "fireTriggers": true})");
  EXPECT_TRUE(GreenIsReplayedWithin(1s));
  EXPECT_EQ(log_.Of(blue_).size(), 1000U);
}

TEST_F(TwoTenantReplays, ATokenOfOneIsNobodysWithTheOther) {
  Publish(blue_, 10);
  const auto replay = Begin(blue_, R"({"after": "0", "rate": 1, "target": {"user": "alice"}})");
  EXPECT_EQ(Get(green_, replay)["code"], "not_found");
  EXPECT_EQ(Interrupt(green_, replay)["code"], "not_found");
  EXPECT_EQ(Resume(green_, replay)["code"], "not_found");
  EXPECT_TRUE(runtime_->Run(replays_->List(green_, "", 10))->empty());
  EXPECT_EQ(Get(blue_, replay)["state"], "running");
}

TEST_F(TwoTenantReplays, NothingOfOneReachesTheOthersConnections) {
  Publish(blue_, 20);
  Begin(blue_, kAtOnce);
  EXPECT_TRUE(GreenIsReplayedWithin(1s));
  for (const auto& given : live_.given) {
    EXPECT_EQ(given.argument["tenant"], given.tenant);
  }
}

}  // namespace
}  // namespace notify::agent::pipeline
