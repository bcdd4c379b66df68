#include "common/template_engine/template_error.hpp"

#include <algorithm>
#include <numeric>

namespace notify::template_engine {

namespace {

// Levenshtein distance, an exchange of neighbours counting as one.
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

}  // namespace

Error TemplateError::ToError() const {
  std::string where = template_name;
  if (line > 0) where += ':' + std::to_string(line) + ':' + std::to_string(column);
  Error error = Fail(code, where.empty() ? detail : where + ": " + detail, hint);
  error.errors.push_back({.pointer = template_name, .detail = detail, .line = line});
  return error;
}

std::string_view NearestName(std::string_view name, const std::vector<std::string_view>& known) {
  constexpr std::size_t kLongest = 64;
  if (name.size() > kLongest) return {};
  std::size_t best = std::max<std::size_t>(name.size() / 3, 1) + 1;
  std::string_view nearest;
  for (const std::string_view candidate : known) {
    if (candidate.size() > kLongest) continue;
    const std::size_t distance = Distance(name, candidate);
    if (distance < best && distance < candidate.size()) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

}  // namespace notify::template_engine
