#include <gmock/gmock.h>

#include "tests/unit/agent/pipeline/durable_world.hpp"

namespace notify::agent::pipeline {
namespace {

using testing::AllOf;
using testing::Each;
using testing::IsEmpty;
using testing::SizeIs;

/// Green misbehaves; blue has one durable subscription.
class TwoTenantsAcknowledge : public DurableWorld {
 protected:
  using DurableWorld::DurableWorld;

  /// Whether blue's next event arrives and can be acknowledged within a second.
  bool BlueIsServed(Connection& blue) {
    Publish({{.type = "blue.made"}});
    const std::uint64_t last = log_.last("blue");
    runtime_.RunFor(1s);
    return Got(blue) == std::to_string(last) && Ack(blue, last).has_value();
  }
};

TEST_F(TwoTenantsAcknowledge, TheSameUserAndNameAreTwoSubscriptions) {
  Connection& blue = Connect();
  Connection& green = Connect({.tenant = "green"});
  ASSERT_TRUE(Subscribe(blue));
  ASSERT_TRUE(Subscribe(green));
  Publish({{.type = "green.made"}, {.type = "green.made"}}, "green");
  EXPECT_TRUE(BlueIsServed(blue));
  EXPECT_THAT(green.listener.methods, AllOf(SizeIs(2), Each("green.made")));
  EXPECT_THAT(blue.listener.ended, IsEmpty());
  // What blue acknowledged says nothing of green's.
  Leave(green);
  Connection& again = Connect({.tenant = "green"});
  ASSERT_TRUE(Subscribe(again));
  EXPECT_EQ(Got(again), "1* 2*");
}

TEST_F(TwoTenantsAcknowledge, ClientsThatNeverAcknowledgeLeaveTheOtherItsEvents) {
  Connection& blue = Connect();
  ASSERT_TRUE(Subscribe(blue));
  for (int user = 0; user < 50; ++user) {
    Connection& green = Connect({.user = "u" + std::to_string(user), .tenant = "green"});
    if (user % 2 == 0) green.listener.room = 0;
    ASSERT_TRUE(Subscribe(green));
  }
  Publish(std::vector<TestEvent>(2000), "green");
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(BlueIsServed(blue));
}

TEST_F(TwoTenantsAcknowledge, DeadLettersAndTakeoversOfOneAreNotTheOthers) {
  Connection& blue = Connect();
  ASSERT_TRUE(Subscribe(blue));
  Publish(std::vector<TestEvent>(3), "green");
  for (int i = 0; i < 20; ++i) {
    Connection& green = Connect({.tenant = "green"});
    ASSERT_TRUE(Subscribe(green));
    runtime_.RunFor(1min);
    EXPECT_TRUE(BlueIsServed(blue));
  }
  EXPECT_THAT(Dead(), IsEmpty());
  EXPECT_THAT(blue.listener.ended, IsEmpty());
}

}  // namespace
}  // namespace notify::agent::pipeline
