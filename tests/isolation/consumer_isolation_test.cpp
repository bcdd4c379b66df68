#include "tests/unit/agent/consumer/consumer_world.hpp"

namespace notify::agent::consumer {
namespace {

using namespace std::chrono_literals;

/// Green misbehaves; blue has one consumer and its events.
class TwoTenantsConsume : public ConsumerWorld {
 protected:
  Result<Fetched> FetchOfGreen(std::size_t max = 1000) {
    FetchRequest request;
    request.max = max;
    return runtime_->Run(side_->consumers.Fetch(green_, "c", request));
  }
  /// Whether blue's next event arrives within a second.
  bool BlueIsServed() {
    const Position at = Publish(blue_);
    return Fetch("c", 1, 1s) == std::to_string(at.sequence.value) &&
           Ack("c", at.sequence.value) == at.sequence.value;
  }
};

TEST_F(TwoTenantsConsume, TheSameNameIsTwoConsumers) {
  Create(blue_, "c");
  Create(green_, "c");
  Publish(blue_, "a.b", 2);
  Publish(green_, "canary.green");
  EXPECT_EQ(Fetch("c"), "1 2");
  const auto green = FetchOfGreen();
  ASSERT_EQ(green->items.size(), 1U);
  EXPECT_EQ(green->items[0].type, "canary.green");
  Ack("c", 2);
  EXPECT_EQ(runtime_->Run(side_->consumers.HeldBy(green_))->front().after.sequence.value, 0U);
}

TEST_F(TwoTenantsConsume, AHundredCallersOfOneLeaveTheOtherItsAnswers) {
  Create(blue_, "c");
  Create(green_, "c", R"(, "maxInFlight": 1)");
  async::TaskGroup callers(runtime_->io(0).executor());
  const auto wait = [](Consumers& consumers, TenantHandle tenant) -> async::Task<void> {
    FetchRequest request;
    request.wait = 25s;
    static_cast<void>(co_await consumers.Fetch(tenant, "c", request));
  };
  runtime_->io(0).executor().Post([&] {
    for (int i = 0; i < 100; ++i) callers.Spawn(wait(side_->consumers, green_));
  });
  runtime_->RunFor(1s);
  Publish(green_, "a.b", 1000);
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(BlueIsServed());
  runtime_->RunFor(30s);
  EXPECT_EQ(callers.running(), 0U);
}

TEST_F(TwoTenantsConsume, FailingEventsOfOneDeadLetterNothingOfTheOther) {
  Create(blue_, "c");
  Create(green_, "c", R"(, "maxAttempts": 1, "ackTimeout": "1s")");
  Publish(green_, "a.b", 5);
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(FetchOfGreen());
    runtime_->RunFor(2s);
    EXPECT_TRUE(BlueIsServed());
  }
  EXPECT_EQ(Dead(), "");
  auto state = side_->databases.Open(green_, kConsumerSchema);
  DeadLetterStore letters(**state, green_, runtime_->random());
  EXPECT_EQ(letters.List("", -1, "", 100)->size(), 5U);
}

TEST_F(TwoTenantsConsume, OneThatIsSuspendedEndsItsCallsAndTheOtherGoesOn) {
  Create(blue_, "c");
  Create(green_, "c");
  auto record = green_.record();
  record.state = TenantState::kSuspended;
  runtime_->Run(side_->consumers.LetGo(testing_support::TenantHandleOf(record)),
                &runtime_->platform());
  EXPECT_TRUE(BlueIsServed());
  Publish(green_);
  EXPECT_EQ(FetchOfGreen()->items.size(), 1U);
}

}  // namespace
}  // namespace notify::agent::consumer
