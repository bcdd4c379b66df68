#include "common/random.hpp"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace notify {
namespace {

// Keys are longer than what is asked for below it: ids, nonces, jitter, many to a request.
constexpr std::size_t kSmall = 16;

void FromSystem(std::span<std::byte> out) {
  while (!out.empty()) {
    const ssize_t got = ::getrandom(out.data(), out.size(), 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      std::abort();  // No randomness means no keys and no ids: nothing sensible can go on.
    }
    out = out.subspan(static_cast<std::size_t>(got));
  }
}

/// What a thread fetched ahead, given out once: a system call for many small requests. Neither
/// program forks and goes on in both halves, which would give it out twice.
class Ahead {
 public:
  void Take(std::span<std::byte> out) {
    if (left_ < out.size()) {
      FromSystem(bytes_);
      left_ = bytes_.size();
    }
    left_ -= out.size();
    const auto taken = std::span(bytes_).subspan(left_, out.size());
    std::memcpy(out.data(), taken.data(), taken.size());
    std::memset(taken.data(), 0, taken.size());
  }

 private:
  std::array<std::byte, 1024> bytes_{};
  std::size_t left_ = 0;
};

class RealRandom final : public Random {
 public:
  void Fill(std::span<std::byte> out) override {
    if (out.size() > kSmall) return FromSystem(out);
    thread_local Ahead ahead;
    ahead.Take(out);
  }
};

}  // namespace

Random& SystemRandom() {
  static RealRandom random;
  return random;
}

}  // namespace notify
