#include "common/config/nearest.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace notify {
namespace {

constexpr std::size_t kMaxWord = 128;

// Levenshtein, with a swap of neighbours counted as one change.
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> now(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + change});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) now[j] = std::min(now[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(now);
  }
  return last[b.size()];
}

}  // namespace

std::optional<std::string> NearestWord(std::string_view word,
                                       std::span<const std::string> candidates) {
  if (word.empty() || word.size() > kMaxWord) return std::nullopt;
  const std::string* best = nullptr;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  const std::string* same_end = nullptr;
  int same_ends = 0;
  for (const auto& candidate : candidates) {
    if (const auto distance = Distance(word, candidate); distance < best_distance) {
      best = &candidate;
      best_distance = distance;
    }
    const auto dot = candidate.rfind('.');
    if (dot != std::string::npos && std::string_view(candidate).substr(dot + 1) == word) {
      same_end = &candidate;
      ++same_ends;
    }
  }
  if (same_ends == 1 && best_distance > 1) return *same_end;
  if (best != nullptr) return *best;
  return std::nullopt;
}

}  // namespace notify
