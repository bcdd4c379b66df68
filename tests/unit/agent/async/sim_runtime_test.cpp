#include "tests/support/sim/sim_runtime.hpp"

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "agent/async/run_on.hpp"
#include "agent/async/signal.hpp"
#include "agent/async/task_group.hpp"

namespace notify::testing_support::sim {
namespace {

using namespace std::chrono_literals;
using async::Task;

Task<void> Hop(async::Runtime& runtime, std::string& trace, char name) {
  for (int i = 0; i < 8; ++i) {
    trace += name;
    async::CallOn there(runtime.storage(static_cast<std::size_t>((i + name) % 2)),
                        [] { return 1; });
    co_await there;
    co_await runtime.io(0).timers().Sleep(i * 1ms);
  }
}

class Simulation : public testing::Test {
 protected:
  /// What eight hops of four tasks look like under a seed.
  std::pair<std::string, std::uint64_t> TraceOf(std::uint64_t seed) {
    SimDisk disk;
    SimRuntime runtime({.seed = seed}, disk);
    async::TaskGroup group(runtime.io(0).executor());
    std::string trace;
    for (const char name : {'a', 'b', 'c', 'd'}) group.Spawn(Hop(runtime, trace, name));
    runtime.RunFor(1s);
    EXPECT_EQ(group.running(), 0U);
    return {trace, runtime.fingerprint()};
  }

  SimDisk disk_;
};

TEST_F(Simulation, SameSeedIsTheSameRun) {
  for (std::uint64_t seed = 1; seed < 20; ++seed) EXPECT_EQ(TraceOf(seed), TraceOf(seed));
}

TEST_F(Simulation, OtherSeedsFindOtherOrders) {
  std::set<std::string> traces;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) traces.insert(TraceOf(seed).first);
  EXPECT_GT(traces.size(), 10U);
}

TEST_F(Simulation, KeepsTheOrderWithinOneExecutor) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SimRuntime runtime({.seed = seed}, disk_);
    std::vector<int> order;
    for (int i = 0; i < 20; ++i) {
      runtime.storage(0).Post([&order, i] { order.push_back(i); });
      runtime.reader().Post([] {});
    }
    runtime.RunUntilIdle();
    EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
    EXPECT_EQ(order.size(), 20U);
  }
}

TEST_F(Simulation, TimeJumpsToTheNextTimer) {
  SimRuntime runtime({}, disk_);
  const auto before = runtime.clock().Now();
  const auto wall = runtime.clock().WallNow();
  runtime.RunUntilIdle();
  EXPECT_EQ(runtime.clock().Now(), before);
  bool rang = false;
  runtime.platform_timers().After(24h, [&] { rang = true; });
  EXPECT_TRUE(runtime.RunUntil([&] { return rang; }, 25h));
  EXPECT_EQ(runtime.clock().Now() - before, 24h);
  EXPECT_EQ(runtime.clock().WallNow() - wall, 24h);
}

TEST_F(Simulation, RunUntilGivesUpAtItsLimit) {
  SimRuntime runtime({}, disk_);
  const auto before = runtime.clock().Now();
  EXPECT_FALSE(runtime.RunUntil([] { return false; }, 10s));
  EXPECT_EQ(runtime.clock().Now() - before, 10s);
}

TEST_F(Simulation, WallClockStepsAlone) {
  SimRuntime runtime({}, disk_);
  const auto before = runtime.clock().Now();
  const auto wall = runtime.clock().WallNow();
  runtime.sim_clock().StepWall(-1h);
  EXPECT_EQ(runtime.clock().WallNow(), wall - 1h);
  EXPECT_EQ(runtime.clock().Now(), before);
}

TEST_F(Simulation, RandomComesFromTheSeed) {
  SimRuntime one({.seed = 7}, disk_);
  SimRuntime same({.seed = 7}, disk_);
  SimRuntime other({.seed = 8}, disk_);
  const auto value = one.random().Next();
  EXPECT_EQ(value, same.random().Next());
  EXPECT_NE(value, other.random().Next());
}

Task<void> WaitFor(std::shared_ptr<async::Signal> signal) { co_await signal->Wait(); }

TEST_F(Simulation, ATaskThatNeverEndsFailsWithItsSeed) {
  auto runtime = std::make_unique<SimRuntime>(SimOptions{.seed = 4711}, disk_);
  auto signal = std::make_unique<std::shared_ptr<async::Signal>>(std::make_shared<async::Signal>());
  try {
    runtime->Run(WaitFor(*signal));
    FAIL() << "It ended.";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("Seed 4711"), std::string::npos) << error.what();
  }
  runtime->Crash();
  Abandon(std::move(signal));
}

Task<void> Count(async::Timers& timers, int& count) {
  while (true) {
    ++count;
    co_await timers.Sleep(1s);
  }
}

TEST_F(Simulation, NothingRunsAfterACrash) {
  auto runtime = std::make_unique<SimRuntime>(SimOptions{}, disk_);
  auto group = std::make_unique<async::TaskGroup>(runtime->platform());
  int count = 0;
  group->Spawn(Count(runtime->platform_timers(), count));
  runtime->RunFor(5s);
  runtime->platform().Post([&] { ++count; });
  runtime->Crash();
  const int before = count;
  runtime->RunFor(5s);
  EXPECT_EQ(count, before);
  EXPECT_EQ(before, 6);
  Abandon(std::move(group));
}

TEST_F(Simulation, TheDiskOutlivesTheRuntime) {
  {
    SimRuntime runtime({}, disk_);
    ASSERT_TRUE(runtime.files().WriteDurably("/name", "value"));
    runtime.Crash();
  }
  disk_.PowerCut(1);
  SimRuntime runtime({}, disk_);
  EXPECT_EQ(runtime.files().ReadAll("/name", 100).value(), "value");
}

TEST_F(Simulation, WhatIsLeftOfAnOldRunCannotTouchTheDisk) {
  SimRuntime old({}, disk_);
  ASSERT_TRUE(old.files().WriteDurably("/name", "value"));
  auto file = old.files().Open("/name", async::FileSystem::Mode::kWrite).value();
  old.Crash();
  disk_.PowerCut(1);
  EXPECT_FALSE(file->WriteAt(0, "other"));
  EXPECT_FALSE(old.files().Remove("/name"));
  EXPECT_EQ(disk_.ReadAll("/name", 100).value(), "value");
}

}  // namespace
}  // namespace notify::testing_support::sim
