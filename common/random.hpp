#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace notify {

/// Where randomness comes from. The system's source is read in random.cpp only; tests and the
/// simulator inject a seeded one.
/// Threads: any.
class Random {
 public:
  virtual ~Random() = default;

  /// Fills `out` with unpredictable bytes, good enough for keys.
  virtual void Fill(std::span<std::byte> out) = 0;

  /// 64 unpredictable bits.
  std::uint64_t Next() {
    std::uint64_t value = 0;
    Fill(std::as_writable_bytes(std::span(&value, 1)));
    return value;
  }
};

/// getrandom(2), small draws in advance. Lives as long as the process.
Random& SystemRandom();

}  // namespace notify
