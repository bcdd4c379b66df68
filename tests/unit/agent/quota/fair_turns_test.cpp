#include "agent/quota/fair_turns.hpp"

#include <gtest/gtest.h>

#include <string>

#include "agent/async/task_group.hpp"
#include "tests/support/sim/sim_runtime.hpp"

namespace notify::agent::quota {
namespace {

using Place = FairTurns::Place;
constexpr std::size_t kQuantum = FairTurns::kQuantum;

class FairTurnsTest : public testing::Test {
 protected:
  async::Executor& executor() { return runtime_.io(0).executor(); }

  /// A request of `tenant` that takes so many turns of `bytes` each, by the first letter of `name`.
  async::Task<void> Request(std::string tenant, std::string name, int turns, std::size_t bytes) {
    const TenantId id = TenantId::Parse(tenant).value();
    for (int turn = 0; turn < turns; ++turn) {
      co_await turns_.Next(id, bytes, turn == 0 ? Place::kBehind : Place::kFirst);
      order_ += name.front();
    }
  }
  void Begin(const char* tenant, int turns, std::size_t bytes = kQuantum) {
    group_.Spawn(Request(tenant, tenant, turns, bytes));
  }
  /// Who had a turn, in order.
  std::string Order() {
    runtime_.RunFor(std::chrono::milliseconds(1));
    EXPECT_EQ(group_.running(), 0U);
    return order_;
  }

  testing_support::sim::SimDisk disk_;
  testing_support::sim::SimRuntime runtime_{{}, disk_};
  FairTurns turns_{executor()};
  async::TaskGroup group_{executor()};
  std::string order_;
};

TEST_F(FairTurnsTest, TenantsTakeTurnsHoweverMuchOneOfThemAsksFor) {
  Begin("noisy", 6);
  Begin("noisy", 6);
  Begin("quiet", 2);
  EXPECT_EQ(Order(), "nqnqnnnnnnnnnn");
}

TEST_F(FairTurnsTest, ARequestGoesToItsEndBeforeTheTenantsNextOneBegins) {
  group_.Spawn(Request("one", "first", 3, kQuantum));
  group_.Spawn(Request("one", "second", 1, kQuantum));
  EXPECT_EQ(Order(), "fffs");
}

TEST_F(FairTurnsTest, SharesAreOfCostAndNotOfRequests) {
  for (int i = 0; i < 8; ++i) Begin("small", 1, kQuantum / 4);
  Begin("large", 4, kQuantum);
  EXPECT_EQ(Order(), "sssslsssslll");
}

TEST_F(FairTurnsTest, OtherWorkOfTheThreadRunsBetweenTwoTurns) {
  Begin("noisy", 4);
  std::size_t seen = 0;
  executor().Post(
      [&] { executor().Post([&] { executor().Post([&] { seen = order_.size(); }); }); });
  EXPECT_EQ(Order(), "nnnn");
  EXPECT_GT(seen, 0U);
  EXPECT_LT(seen, 4U);
}

TEST_F(FairTurnsTest, WhoHadNothingToDoHasSavedNothingUp) {
  // Each of these had a whole turn and used one byte of it.
  for (const char* so_far : {"i", "ii", "iii"}) {
    Begin("idle", 1, 1);
    EXPECT_EQ(Order(), so_far);
  }
  Begin("idle", 4);
  Begin("busy", 4);
  EXPECT_EQ(Order(), "iiiibibibib");
}

TEST_F(FairTurnsTest, ItIsBusyWhileSomebodyWaits) {
  EXPECT_FALSE(turns_.busy());
  Begin("one", 2);
  executor().Post([&] { EXPECT_TRUE(turns_.busy()); });
  EXPECT_EQ(Order(), "oo");
  EXPECT_FALSE(turns_.busy());
}

TEST_F(FairTurnsTest, WhatCostsMoreThanATurnHasOneAllTheSame) {
  Begin("large", 2, 100 * kQuantum);
  EXPECT_EQ(Order(), "ll");
}

}  // namespace
}  // namespace notify::agent::quota
