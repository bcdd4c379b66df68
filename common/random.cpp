#include "common/random.hpp"

#include <sys/random.h>

#include <cerrno>
#include <cstdlib>

namespace notify {
namespace {

class RealRandom final : public Random {
 public:
  void Fill(std::span<std::byte> out) override {
    while (!out.empty()) {
      const ssize_t got = ::getrandom(out.data(), out.size(), 0);
      if (got < 0) {
        if (errno == EINTR) continue;
        std::abort();  // No randomness means no keys and no ids: nothing sensible can go on.
      }
      out = out.subspan(static_cast<std::size_t>(got));
    }
  }
};

}  // namespace

Random& SystemRandom() {
  static RealRandom random;
  return random;
}

}  // namespace notify
