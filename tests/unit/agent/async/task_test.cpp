#include "agent/async/task.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "tests/unit/agent/async/worlds.hpp"

namespace notify::agent::async {
namespace {

class TaskTest : public testing::Test {
 protected:
  SimWorld world_;
};

Task<int> Give(int value) { co_return value; }
Task<std::unique_ptr<int>> GiveOwned(int value) { co_return std::make_unique<int>(value); }
Task<int> Fail() {
  throw std::runtime_error("no");
  co_return 1;
}
Task<int> Add(int a, int b) {
  const int first = co_await Give(a);
  const int second = co_await Give(b);
  co_return first + second;
}
Task<std::string> Catch() {
  try {
    co_await Fail();
  } catch (const std::runtime_error& error) {
    co_return error.what();
  }
  co_return "nothing was thrown";
}
Task<void> Mark(bool& ran) {
  ran = true;
  co_return;
}

TEST_F(TaskTest, HandsItsValueToItsAwaiter) { EXPECT_EQ(world_.Run(Add(20, 22)), 42); }

TEST_F(TaskTest, HandsOverWhatOnlyMoves) { EXPECT_EQ(*world_.Run(GiveOwned(7)), 7); }

TEST_F(TaskTest, RethrowsAtItsAwaiter) {
  EXPECT_EQ(world_.Run(Catch()), "no");
  EXPECT_THROW(world_.Run(Fail()), std::runtime_error);
}

TEST_F(TaskTest, BeginsOnlyWhenAwaited) {
  bool ran = false;
  { const Task<void> dropped = Mark(ran); }
  EXPECT_FALSE(ran);
  world_.Run(Mark(ran));
  EXPECT_TRUE(ran);
}

TEST_F(TaskTest, AssigningATaskDropsTheOldOne) {
  bool first = false;
  bool second = false;
  Task<void> task = Mark(first);
  task = Mark(second);
  world_.Run(std::move(task));
  EXPECT_FALSE(first);
  EXPECT_TRUE(second);
}

Task<long> AwaitManyTimes(int times) {
  long sum = 0;
  for (int i = 0; i < times; ++i) sum += co_await Give(1);
  co_return sum;
}
Task<int> Nest(int depth) {
  if (depth == 0) co_return 0;
  const int below = co_await Nest(depth - 1);
  co_return below + 1;
}

#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
constexpr bool kJumps = true;
#else
constexpr bool kJumps = false;
#endif

TEST_F(TaskTest, ManyAwaitsTakeNoStack) {
  if (!kJumps)
    GTEST_SKIP() << "g++ makes symmetric transfer a jump only in optimised, plain builds.";
  EXPECT_EQ(world_.Run(AwaitManyTimes(1'000'000)), 1'000'000);
  EXPECT_EQ(world_.Run(Nest(100'000)), 100'000);
}

Task<bool> RunsHere(Executor& executor) {
  Executor& here = co_await ThisExecutor{};
  co_return &here == &executor&& executor.IsCurrent();
}

TEST_F(TaskTest, RunsOnItsAwaitersExecutor) {
  EXPECT_TRUE(world_.Run(RunsHere(world_.runtime().io(0).executor())));
}

}  // namespace
}  // namespace notify::agent::async
