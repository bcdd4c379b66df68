#include <algorithm>
#include <string>

#include "tests/unit/agent/pipeline/delivery_world.hpp"

namespace notify::agent::pipeline {
namespace {

using namespace std::chrono_literals;

/// Blue misbehaves; green has one rule and one event.
class TwoTenants : public DeliveryWorld {
 protected:
  /// Whether green's event reaches its connections within `limit`.
  bool GreenIsServedWithin(Clock::Duration limit) {
    TellsTheTenant(green_);
    Publish(green_);
    return runtime_->RunUntil([&] { return Told("green") == 1; }, limit);
  }
  std::size_t Told(const std::string& tenant) {
    return static_cast<std::size_t>(std::ranges::count_if(
        live_.told, [&](const auto& one) { return one.starts_with(tenant); }));
  }
};

TEST_F(TwoTenants, ASlowEndpointOfOneDelaysNothingOfTheOther) {
  TellsTheWebhook(blue_);
  http_->Delay(runtime_->platform_timers(), 15s);
  for (int i = 0; i < 100; ++i) {
    Answers(200);
    Publish(blue_);
  }
  runtime_->RunFor(1s);
  EXPECT_TRUE(GreenIsServedWithin(1s));
  runtime_->RunFor(10min);
  EXPECT_EQ(Count(blue_, "notification.delivered"), 100U);
}

TEST_F(TwoTenants, AFloodOfEventsOfOneLetsTheOtherHaveItsTurns) {
  options_.busy_tenants = 1;
  CrashAndRestart();
  TellsTheTenant(blue_);
  for (int i = 0; i < 3000; ++i) Publish(blue_);
  TellsTheTenant(green_);
  Publish(green_);
  ASSERT_TRUE(runtime_->RunUntil([&] { return Told("green") == 1; }, 1min));
  EXPECT_LT(Told("blue"), 2500U);
}

TEST_F(TwoTenants, AFullDiskUnderOneLogStopsOnlyThatOne) {
  TellsTheTenant(blue_);
  Settle();
  log_.failing_tenant = "blue";
  Publish(blue_);
  EXPECT_TRUE(GreenIsServedWithin(1s));
  EXPECT_EQ(Told("blue"), 0U);
  log_.failing_tenant.clear();
  runtime_->RunFor(1min);
  EXPECT_EQ(Told("blue"), 1U);
}

TEST_F(TwoTenants, BrokenTemplatesOfOneFailAlone) {
  ASSERT_TRUE(runtime_->Run(side_->notifications.PutTemplate(
      blue_, "hello", R"({"files": {"in_app.yaml.hbs": "title: x\nbody: \"{{data.none}}\""}})")));
  TellsTheTenant(blue_);
  Publish(blue_);
  EXPECT_TRUE(GreenIsServedWithin(1s));
  Settle();
  EXPECT_EQ(Count(blue_, "delivery.failed"), 1U);
  EXPECT_EQ(Count(green_, "delivery.failed"), 0U);
}

TEST_F(TwoTenants, NothingOfOneIsSeenByTheOther) {
  TellsTheTenant(blue_);
  Publish(blue_, "a.b", R"({"text": "canary-of-blue"})");
  EXPECT_TRUE(GreenIsServedWithin(1s));
  Settle();
  for (std::size_t i = 0; i < live_.told.size(); ++i) {
    if (live_.told[i].starts_with("green")) {
      EXPECT_EQ(live_.arguments[i].find("canary"), std::string::npos);
    }
  }
  for (const auto& event : log_.Of(green_)) {
    EXPECT_EQ(event.data.find("canary"), std::string::npos) << event.type;
  }
}

TEST_F(TwoTenants, ADeletedTenantIsLetGoAndTheOtherGoesOn) {
  TellsTheTenant(blue_);
  Publish(blue_);
  auto record = blue_.record();
  record.state = TenantState::kDeleting;
  const auto deleting = testing_support::TenantHandleOf(record);
  runtime_->Run(side_->loop.LetGo(deleting), &runtime_->platform());
  EXPECT_FALSE(unfinished_.tenants.contains("blue"));
  EXPECT_TRUE(GreenIsServedWithin(1s));
}

}  // namespace
}  // namespace notify::agent::pipeline
