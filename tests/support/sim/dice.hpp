#pragma once

#include <cstdint>

#include "common/random.hpp"

namespace notify::testing_support::sim {

/// Seeded choices: the same seed gives the same choices on every machine (SplitMix64).
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  std::uint64_t Next();
  /// From 0 to `limit` - 1; `limit` is at least 1.
  std::uint64_t Below(std::uint64_t limit) { return Next() % limit; }
  /// True once in `n` on average; never for 0.
  bool OneIn(std::uint64_t n) { return n != 0 && Below(n) == 0; }
  /// Dice of their own for one part, so that what it throws changes nobody else's choices.
  Dice Fork() { return Dice(Next()); }

 private:
  std::uint64_t state_;
};

/// `Random` as the agent sees it, from a seed.
class SimRandom final : public Random {
 public:
  explicit SimRandom(Dice dice) : dice_(dice) {}
  void Fill(std::span<std::byte> out) override;

 private:
  Dice dice_;
};

}  // namespace notify::testing_support::sim
