#include "agent/async/timers.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/agent/async/worlds.hpp"

namespace notify::agent::async {
namespace {

using namespace std::chrono_literals;

class TimersTest : public testing::Test {
 protected:
  void After(Clock::Duration delay, char name) {
    timers().After(delay, [this, name] { rung_ += name; });
  }
  Timers& timers() { return runtime_.platform_timers(); }

  testing_support::sim::SimDisk disk_;
  testing_support::sim::SimRuntime runtime_{{}, disk_};
  std::string rung_;
};

TEST_F(TimersTest, RingInTheOrderOfTheirTimes) {
  After(3s, 'c');
  After(1s, 'a');
  After(2s, 'b');
  runtime_.RunFor(2s);
  EXPECT_EQ(rung_, "ab");
  runtime_.RunFor(1s);
  EXPECT_EQ(rung_, "abc");
}

TEST_F(TimersTest, OfOneTimeRingInTheOrderOfTheirStart) {
  for (const char name : {'a', 'b', 'c', 'd'}) After(1s, name);
  runtime_.RunFor(1s);
  EXPECT_EQ(rung_, "abcd");
}

TEST_F(TimersTest, CancelledOnesDoNotRing) {
  const TimerId id = timers().After(1s, [this] { rung_ += 'x'; });
  After(2s, 'b');
  timers().Cancel(id);
  timers().Cancel(id);
  timers().Cancel(TimerId());
  runtime_.RunFor(5s);
  EXPECT_EQ(rung_, "b");
}

TEST_F(TimersTest, OneMayCancelAnotherOfTheSameTime) {
  TimerId second;
  timers().After(1s, [&] { timers().Cancel(second); });
  second = timers().After(1s, [this] { rung_ += 'x'; });
  runtime_.RunFor(5s);
  EXPECT_EQ(rung_, "");
}

TEST_F(TimersTest, ThatAreDueRingInALaterTurn) {
  runtime_.platform().Post([this] {
    After(0s, 'b');
    After(-1s, 'a');
    rung_ += '.';
  });
  runtime_.RunUntilIdle();
  EXPECT_EQ(rung_, ".ab");
}

struct Chain {
  Timers& timers;
  int links = 0;
  void Link() {
    timers.After(0s, [this] {
      if (++links < 1000) Link();
    });
  }
};

TEST_F(TimersTest, AChainDoesNotStarveTheRest) {
  Chain chain{timers()};
  chain.Link();
  int at_work = -1;
  runtime_.platform().Post([&] {
    runtime_.platform().Post([&] { runtime_.platform().Post([&] { at_work = chain.links; }); });
  });
  runtime_.RunUntilIdle();
  EXPECT_EQ(chain.links, 1000);
  EXPECT_LT(at_work, 10);
}

TEST_F(TimersTest, ManyRingOnceEach) {
  int rung = 0;
  for (int i = 0; i < 10'000; ++i) timers().After((i * 7919 % 1000) * 1ms, [&] { ++rung; });
  runtime_.RunFor(1s);
  EXPECT_EQ(rung, 10'000);
}

Task<void> Nap(Timers& timers, Clock::Duration delay) { co_await timers.Sleep(delay); }

TEST_F(TimersTest, SleepTakesItsTime) {
  const auto before = runtime_.clock().Now();
  runtime_.Run(Nap(runtime_.io(0).timers(), 90s));
  EXPECT_EQ(runtime_.clock().Now() - before, 90s);
}

TEST(RealTimers, RingOnTheirThreadNotBeforeTheirTime) {
  RealWorld world;
  const auto before = SystemClock().Now();
  world.Run(Nap(world.runtime().io(0).timers(), 5ms));
  EXPECT_GE(SystemClock().Now() - before, 5ms);
}

Task<void> StartAndCancel(Timers& timers) {
  timers.Cancel(timers.After(1h, [] {}));
  timers.After(1h, [] {});
  co_return;
}

TEST(RealTimers, DoNotHoldUpTheEnd) {
  const auto before = SystemClock().Now();
  {
    RealWorld world;
    world.Run(StartAndCancel(world.runtime().io(0).timers()));
  }
  EXPECT_LT(SystemClock().Now() - before, 1min);
}

}  // namespace
}  // namespace notify::agent::async
