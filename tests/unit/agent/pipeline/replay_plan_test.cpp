#include "agent/pipeline/replay_plan.hpp"

#include "agent/trigger/trigger_store.hpp"
#include "tests/unit/agent/pipeline/replay_world.hpp"

namespace notify::agent::pipeline {
namespace {

class ReplayPlanTest : public ReplayWorld {
 protected:
  void PutRule(const TenantHandle& tenant, const std::string& body) {
    auto state = databases_->Open(tenant, trigger::TriggerStore::kSchema);
    ASSERT_TRUE(state);
    auto rule = trigger::ParseTrigger(body, "rule");
    ASSERT_TRUE(rule) << rule.error().detail;
    ASSERT_TRUE(trigger::TriggerStore(**state, tenant, runtime_->random())
                    .Put(std::move(*rule), runtime_->clock().WallNow()));
  }
};

TEST_F(ReplayPlanTest, SaysHowManyFromWhereToWhereAndHowLong) {
  Publish(blue_, 5, 1000);
  const auto plan =
      Plan(blue_, R"({"after": "1", "rate": 2, "target": {"user": "alice"}, "plan": true})");
  EXPECT_EQ(plan["events"], 4);
  EXPECT_EQ(plan["first"], "1000-2");
  EXPECT_EQ(plan["last"], "1000-5");
  EXPECT_EQ(plan["seconds"], 1.5);
  EXPECT_EQ(plan["connections"], 1);
  EXPECT_EQ(plan["channels"]["hub"], 4);
  EXPECT_TRUE(plan["quota"].is_null());
}

TEST_F(ReplayPlanTest, SendsAndStoresNothing) {
  Publish(blue_, 5);
  Plan(blue_, R"({"after": "0", "target": {"user": "alice"}, "plan": true})");
  Plan(blue_, R"({"after": "0", "target": {"tenant": "green"}, "plan": true})");
  runtime_->RunFor(std::chrono::minutes(1));
  EXPECT_TRUE(live_.given.empty());
  EXPECT_TRUE(log_.Of(green_).empty());
  EXPECT_TRUE(runtime_->Run(replays_->List(blue_, "", 10))->empty());
}

TEST_F(ReplayPlanTest, SaysWhatTheTriggersWouldSendToWhom) {
  Publish(blue_, 3);
  PutRule(blue_, R"({"on": "a.b", "template": "t", "channels": ["in_app", "log"],)"
                 R"( "audience": {"users": ["alice", "bob"]}})");
  const auto plan = Plan(blue_, R"({"after": "0", "fireTriggers": true, "plan": true})");
  EXPECT_EQ(plan["notifications"], 12);
  EXPECT_EQ(plan["recipients"], 2);
  EXPECT_EQ(plan["channels"]["in_app"], 6);
  EXPECT_EQ(plan["channels"]["log"], 6);
  EXPECT_EQ(plan["rules"]["rule"], 3);
}

TEST_F(ReplayPlanTest, TriggersStayOutOfItUnlessTheyWouldFire) {
  Publish(blue_, 3);
  PutRule(green_, R"({"on": "a.b", "template": "t", "audience": {"tenant": true}})");
  const auto quiet = Plan(blue_, R"({"after": "0", "target": {"tenant": "green"}, "plan": true})");
  EXPECT_EQ(quiet["notifications"], 0);
  const auto loud =
      Plan(blue_,
           R"({"after": "0", "target": {"tenant": "green"}, "fireTriggers": true, "plan": true})");
  EXPECT_EQ(loud["notifications"], 3);
}

TEST_F(ReplayPlanTest, TheQuotaOfTheLogThatIsWrittenCounts) {
  Publish(blue_, 20);
  copies_.rate = CopySink::Rate{.per_second = 2, .burst = 10};
  const auto plan =
      Plan(blue_, R"({"after": "0", "speed": "max", "target": {"tenant": "green"}, "plan": true})");
  EXPECT_EQ(plan["quota"]["tenant"], "green");
  EXPECT_EQ(plan["quota"]["events"], 20);
  EXPECT_EQ(plan["seconds"], 5);
}

TEST_F(ReplayPlanTest, CountsCopiesAndTheAgentsOwnApart) {
  Publish(blue_, 2);
  Publish(blue_, 1, 0, "notification.created");
  log_.Publish(blue_, {.type = "a.b", .data = "{}", .replayof = "\"1000-1\""});
  const auto plan = Plan(blue_, R"({"after": "0", "fireTriggers": true, "plan": true})");
  EXPECT_EQ(plan["events"], 4);
  EXPECT_EQ(plan["skipped"], 1);
  EXPECT_EQ(plan["duplicates"], 1);
  EXPECT_EQ(plan["quota"]["events"], 2);
}

TEST_F(ReplayPlanTest, TellsWhatRetentionTook) {
  Publish(blue_, 5);
  log_.Expire(blue_, 2);
  const auto after = Plan(blue_, R"({"after": "1000-1", "plan": true})");
  EXPECT_EQ(after["gaps"].at(0)["reason"], "retention");
  EXPECT_EQ(after["events"], 3);
  const auto since = Plan(blue_, R"({"since": "2000-01-01T00:00:00Z", "plan": true})");
  EXPECT_EQ(since["gaps"].at(0)["reason"], "retention");
  const auto later = Plan(blue_, R"({"after": "1000-3", "plan": true})");
  EXPECT_TRUE(later["gaps"].empty());
}

TEST_F(ReplayPlanTest, AnEndInAnotherLogIsAnError) {
  EXPECT_EQ(Plan(blue_, R"({"after": "0", "last": "77-3", "plan": true})")["code"],
            "invalid_argument");
}

}  // namespace
}  // namespace notify::agent::pipeline
