#include "agent/async/task_group.hpp"

#include <gtest/gtest.h>

#include "tests/unit/agent/async/worlds.hpp"

namespace notify::agent::async {
namespace {

using namespace std::chrono_literals;

class TaskGroupTest : public testing::Test {
 protected:
  Task<void> UntilStopped() {
    Signal stop;
    StopHook hook(group_, [&] { stop.Notify(); });
    while (!group_.stopping()) co_await stop.Wait();
    ++ended_;
  }
  Task<void> Nap(Clock::Duration delay) {
    co_await runtime_.io(0).timers().Sleep(delay);
    ++ended_;
  }
  Task<void> SpawnsOnItsWayOut() {
    co_await runtime_.io(0).timers().Sleep(1s);
    group_.Spawn(Nap(1s));
    ++ended_;
  }

  testing_support::sim::SimDisk disk_;
  testing_support::sim::SimRuntime runtime_{{}, disk_};
  TaskGroup group_{runtime_.io(0).executor()};
  int ended_ = 0;
};

TEST_F(TaskGroupTest, CountsWhatRuns) {
  group_.Spawn(Nap(1s));
  group_.Spawn(Nap(2s));
  EXPECT_EQ(group_.running(), 2U);
  runtime_.RunFor(1s);
  EXPECT_EQ(group_.running(), 1U);
  runtime_.RunFor(1s);
  EXPECT_EQ(group_.running(), 0U);
}

TEST_F(TaskGroupTest, BeginsInALaterTurn) {
  group_.Spawn(Nap(0s));
  EXPECT_EQ(ended_, 0);
  runtime_.RunUntilIdle();
  EXPECT_EQ(ended_, 1);
}

TEST_F(TaskGroupTest, StopEndsAndAwaitsAll) {
  for (int i = 0; i < 10; ++i) group_.Spawn(UntilStopped());
  group_.Spawn(Nap(3s));
  runtime_.RunUntilIdle();
  const auto before = runtime_.clock().Now();
  runtime_.Run(group_.Stop());
  EXPECT_EQ(ended_, 11);
  EXPECT_EQ(runtime_.clock().Now() - before, 3s);
}

TEST_F(TaskGroupTest, StopAwaitsWhatATaskSpawnsMeanwhile) {
  group_.Spawn(SpawnsOnItsWayOut());
  runtime_.Run(group_.Stop());
  EXPECT_EQ(ended_, 2);
}

TEST_F(TaskGroupTest, StopOfAnEmptyGroupIsThere) {
  runtime_.Run(group_.Stop());
  runtime_.Run(group_.Stop());
  EXPECT_TRUE(group_.stopping());
}

TEST_F(TaskGroupTest, AHookAfterTheStopIsCalledAtOnce) {
  group_.RequestStop();
  int called = 0;
  const StopHook hook(group_, [&] { ++called; });
  EXPECT_EQ(called, 1);
  group_.RequestStop();
  EXPECT_EQ(called, 1);
}

TEST_F(TaskGroupTest, AHookThatWentIsNotCalled) {
  int called = 0;
  {
    const StopHook hook(group_, [&] { ++called; });
  }
  group_.RequestStop();
  EXPECT_EQ(called, 0);
}

TEST_F(TaskGroupTest, ManyMayAwaitTheStop) {
  group_.Spawn(Nap(2s));
  TaskGroup others(runtime_.io(0).executor());
  for (int i = 0; i < 3; ++i) others.Spawn(group_.Stop());
  EXPECT_TRUE(runtime_.RunUntil([&] { return others.running() == 0; }));
  EXPECT_EQ(ended_, 1);
}

}  // namespace
}  // namespace notify::agent::async
