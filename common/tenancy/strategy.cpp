#include "common/tenancy/strategy.hpp"

#include <array>
#include <cstddef>

namespace notify {
namespace {

constexpr std::array<std::string_view, 7> kWords = {"key",  "claim",     "header", "path",
                                                    "host", "subdomain", "custom"};

}  // namespace

std::string_view ToString(Strategy strategy) {
  return kWords.at(static_cast<std::size_t>(strategy));
}

std::optional<Strategy> StrategyFromString(std::string_view word) {
  for (std::size_t i = 0; i < kWords.size(); ++i) {
    if (kWords[i] == word) return static_cast<Strategy>(i);
  }
  return std::nullopt;
}

}  // namespace notify
