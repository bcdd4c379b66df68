#include "tests/support/sim/dice.hpp"

namespace notify::testing_support::sim {

std::uint64_t Dice::Next() {
  state_ += 0x9e3779b97f4a7c15ULL;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ULL;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebULL;
  return mixed ^ (mixed >> 31);
}

void SimRandom::Fill(std::span<std::byte> out) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (i % 8 == 0) value = dice_.Next();
    out[i] = static_cast<std::byte>(value);
    value >>= 8;
  }
}

}  // namespace notify::testing_support::sim
