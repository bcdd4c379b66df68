#include "agent/telemetry/cells.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <thread>
#include <vector>

namespace notify::agent::telemetry {
namespace {

TEST(Cells, CountOnAThreadWithoutAShard) {
  Cells cells;
  const CellIndex cell = cells.Allocate(1);
  cells.Add(cell, 3);
  cells.Add(cell, 4);
  EXPECT_EQ(cells.Read(cell), 7U);
}

TEST(Cells, SumWhatAThreadCountedWithItsShardAndWithout) {
  Cells cells;
  const CellIndex cell = cells.Allocate(1);
  cells.Add(cell, 1);
  {
    const ThreadShard shard(cells);
    cells.Add(cell, 10);
  }
  cells.Add(cell, 100);
  EXPECT_EQ(cells.Read(cell), 111U);
}

TEST(Cells, KeepApartTheirNeighbours) {
  Cells cells;
  const CellIndex first = cells.Allocate(2);
  const CellIndex next = cells.Allocate(1);
  cells.Add(first + 1, 5);
  EXPECT_EQ(cells.Read(first), 0U);
  EXPECT_EQ(cells.Read(first + 1), 5U);
  EXPECT_EQ(cells.Read(next), 0U);
}

TEST(Cells, AllocateNeighboursInOneChunk) {
  Cells cells;
  cells.Allocate(kChunkCells - 1);
  const CellIndex first = cells.Allocate(2);
  EXPECT_EQ(first / kChunkCells, (first + 1) / kChunkCells);
}

TEST(Cells, CountForTheCellsThatTheyAreAskedFor) {
  Cells one;
  Cells two;
  const CellIndex cell = one.Allocate(1);
  two.Allocate(1);
  const ThreadShard shard(one);
  two.Add(cell, 7);
  EXPECT_EQ(one.Read(cell), 0U);
  EXPECT_EQ(two.Read(cell), 7U);
}

TEST(ThreadShard, GivesThePlaceBackToTheOneOutside) {
  Cells outer;
  Cells inner;
  const CellIndex cell = outer.Allocate(1);
  const ThreadShard outside(outer);
  { const ThreadShard inside(inner); }
  EXPECT_EQ(internal::current_shard->owner(), &outer);
  outer.Add(cell, 1);
  EXPECT_EQ(outer.Read(cell), 1U);
}

TEST(ThreadShard, IsTakenAgainByTheNextThread) {
  Cells cells;
  internal::Shard* first = nullptr;
  internal::Shard* second = nullptr;
  std::thread([&] {
    const ThreadShard s(cells);
    first = internal::current_shard;
  }).join();
  std::thread([&] {
    const ThreadShard s(cells);
    second = internal::current_shard;
  }).join();
  EXPECT_NE(first, nullptr);
  EXPECT_EQ(first, second);
}

TEST(ThreadShard, SharesWhereAllAreHeld) {
  Cells cells;
  const CellIndex cell = cells.Allocate(1);
  std::vector<std::unique_ptr<ThreadShard>> held;
  for (int i = 0; i < 64; ++i) held.push_back(std::make_unique<ThreadShard>(cells));
  EXPECT_NE(internal::current_shard, nullptr);
  held.push_back(std::make_unique<ThreadShard>(cells));
  EXPECT_EQ(internal::current_shard, nullptr);
  cells.Add(cell, 2);
  EXPECT_EQ(cells.Read(cell), 2U);
  while (!held.empty()) held.pop_back();
}

TEST(Cells, LoseNothingWhenThreadsCountAtOnce) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 20'000;
  Cells cells;
  const CellIndex cell = cells.Allocate(1);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, sharded = t % 2 == 0] {
      std::optional<ThreadShard> shard;
      if (sharded) shard.emplace(cells);
      for (int i = 0; i < kRounds; ++i) cells.Add(cell, 1);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(cells.Read(cell), static_cast<std::uint64_t>(kThreads * kRounds));
}

}  // namespace
}  // namespace notify::agent::telemetry
