#include "agent/async/run_on.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>

#include "tests/unit/agent/async/worlds.hpp"

namespace notify::agent::async {
namespace {

template <typename World>
class RunOnTest : public testing::Test {
 protected:
  World world_;
};
using Worlds = testing::Types<SimWorld, RealWorld>;
TYPED_TEST_SUITE(RunOnTest, Worlds);

Task<bool> CallsThere(Executor& here, Executor& there) {
  CallOn call(there, [&] { return there.IsCurrent() && !here.IsCurrent(); });
  const bool was_there = co_await call;
  co_return was_there&& here.IsCurrent();
}

TYPED_TEST(RunOnTest, CallOnCallsThereAndGoesOnHere) {
  Runtime& runtime = this->world_.runtime();
  EXPECT_TRUE(this->world_.Run(CallsThere(runtime.io(0).executor(), runtime.storage(1))));
}

Task<int> OwnsItsFunction(Executor& there) {
  auto owned = std::make_unique<int>(5);
  CallOn call(there, [owned = std::move(owned)]() mutable { return std::move(owned); });
  const std::unique_ptr<int> back = co_await call;
  co_return *back;
}

TYPED_TEST(RunOnTest, CallOnMovesWhatOnlyMoves) {
  EXPECT_EQ(this->world_.Run(OwnsItsFunction(this->world_.runtime().reader())), 5);
}

Task<void> ThrowsThere(Executor& there) {
  CallOn call(there, [] { throw std::runtime_error("there"); });
  co_await call;
}

TYPED_TEST(RunOnTest, CallOnRethrowsHere) {
  EXPECT_THROW(this->world_.Run(ThrowsThere(this->world_.runtime().outbound())),
               std::runtime_error);
}

Task<bool> IsOn(Executor& executor) {
  Executor& here = co_await ThisExecutor{};
  co_return executor.IsCurrent() && &here == &executor;
}
Task<bool> RunsThere(Executor& here, Executor& there) {
  RunOn run(there, IsOn(there));
  const bool was_there = co_await run;
  co_return was_there&& here.IsCurrent();
}

TYPED_TEST(RunOnTest, RunOnRunsATaskThereAndGoesOnHere) {
  Runtime& runtime = this->world_.runtime();
  EXPECT_TRUE(this->world_.Run(RunsThere(runtime.io(0).executor(), runtime.platform())));
}

Task<int> FailThere() {
  throw std::runtime_error("there");
  co_return 1;
}
Task<void> RunFails(Executor& there) {
  RunOn run(there, FailThere());
  co_await run;
}

TYPED_TEST(RunOnTest, RunOnRethrowsHere) {
  EXPECT_THROW(this->world_.Run(RunFails(this->world_.runtime().platform())), std::runtime_error);
}

Task<int> HopsManyTimes(Runtime& runtime, int times) {
  int count = 0;
  for (int i = 0; i < times; ++i) {
    CallOn call(runtime.storage(static_cast<std::size_t>(i % 2)), [&] { ++count; });
    co_await call;
  }
  co_return count;
}

TYPED_TEST(RunOnTest, ManyHopsLoseNone) {
  EXPECT_EQ(this->world_.Run(HopsManyTimes(this->world_.runtime(), 2000)), 2000);
}

}  // namespace
}  // namespace notify::agent::async
