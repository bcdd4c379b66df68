#include "common/random.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <thread>
#include <vector>

namespace notify {
namespace {

TEST(SystemRandom, GivesNothingOutTwiceOnAnyThread) {
  std::array<std::vector<std::uint64_t>, 3> drawn;
  std::vector<std::thread> threads;
  for (auto& mine : drawn) {
    threads.emplace_back([&mine] {
      for (int i = 0; i < 5000; ++i) mine.push_back(SystemRandom().Next());
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::uint64_t> all;
  for (const auto& mine : drawn) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), 15'000U);
}

TEST(SystemRandom, FillsAnyLength) {
  for (std::size_t size = 0; size <= 40; ++size) {
    // Each byte is other than zero in one of so many draws.
    std::vector<bool> touched(size, false);
    for (int draw = 0; draw < 20; ++draw) {
      std::vector<std::byte> bytes(size + 1, std::byte{0});
      SystemRandom().Fill(std::span(bytes).first(size));
      for (std::size_t i = 0; i < size; ++i) touched[i] = touched[i] || bytes[i] != std::byte{0};
      EXPECT_EQ(bytes[size], std::byte{0}) << "not beyond the end";
    }
    EXPECT_EQ(touched, std::vector<bool>(size, true)) << size;
  }
}

}  // namespace
}  // namespace notify
