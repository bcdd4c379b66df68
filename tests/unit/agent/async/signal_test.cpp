#include "agent/async/signal.hpp"

#include <gtest/gtest.h>

#include <string>

#include "agent/async/task_group.hpp"
#include "tests/unit/agent/async/worlds.hpp"

namespace notify::agent::async {
namespace {

using namespace std::chrono_literals;

class SignalTest : public testing::Test {
 protected:
  Task<void> Await(char name) {
    co_await signal_.Wait();
    woken_ += name;
  }
  Task<void> AwaitFor(Clock::Duration limit) {
    const bool notified = co_await signal_.WaitFor(timers(), limit);
    woken_ += notified ? 'n' : 't';
  }
  Timers& timers() { return runtime_.io(0).timers(); }
  void Notify() {
    runtime_.io(0).executor().Post([this] { signal_.Notify(); });
    runtime_.RunUntilIdle();
  }
  void Start(Task<void> task) {
    group_.Spawn(std::move(task));
    runtime_.RunUntilIdle();
  }

  testing_support::sim::SimDisk disk_;
  testing_support::sim::SimRuntime runtime_{{}, disk_};
  TaskGroup group_{runtime_.io(0).executor()};
  Signal signal_;
  std::string woken_;
};

TEST_F(SignalTest, WakesAllWhoWaitInTheirOrder) {
  for (const char name : {'a', 'b', 'c'}) Start(Await(name));
  EXPECT_EQ(woken_, "");
  Notify();
  EXPECT_EQ(woken_, "abc");
}

TEST_F(SignalTest, RemembersOneNotificationThatNobodyHeard) {
  Notify();
  Notify();
  Start(Await('a'));
  Start(Await('b'));
  EXPECT_EQ(woken_, "a");
  Notify();
  EXPECT_EQ(woken_, "ab");
}

TEST_F(SignalTest, WhatWasHeardIsNotRemembered) {
  Start(Await('a'));
  Notify();
  Start(Await('b'));
  EXPECT_EQ(woken_, "a");
  Notify();
}

TEST_F(SignalTest, TimesOutAtItsLimit) {
  Start(AwaitFor(10s));
  runtime_.RunFor(9999ms);
  EXPECT_EQ(woken_, "");
  runtime_.RunFor(1ms);
  EXPECT_EQ(woken_, "t");
}

TEST_F(SignalTest, ANotificationBeforeTheLimitIsTheOnlyAnswer) {
  Start(AwaitFor(10s));
  Notify();
  EXPECT_EQ(woken_, "n");
  runtime_.RunFor(1min);
  EXPECT_EQ(woken_, "n");
}

TEST_F(SignalTest, ALimitIsItsWaitersOnly) {
  Start(AwaitFor(1s));
  Start(Await('a'));
  runtime_.RunFor(2s);
  EXPECT_EQ(woken_, "t");
  Notify();
  EXPECT_EQ(woken_, "ta");
}

TEST_F(SignalTest, ANotificationAtTheLimitWakesOnce) {
  for (int i = 0; i < 50; ++i) {
    woken_.clear();
    Start(AwaitFor(1s));
    timers().After(1s, [this] { signal_.Notify(); });
    runtime_.RunFor(5s);
    EXPECT_EQ(woken_.size(), 1U);
    if (woken_ == "t") Start(Await('x'));
  }
}

}  // namespace
}  // namespace notify::agent::async
