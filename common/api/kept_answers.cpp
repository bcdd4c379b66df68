#include "common/api/kept_answers.hpp"

#include <algorithm>
#include <array>

namespace notify::api {

bool KeepsAnswers(const Route& route) {
  // Events have duplicate keys of their own; a backup is too large to keep.
  constexpr std::array<std::string_view, 5> kOthers = {
      "publishEvent", "publishBatch", "importEvents", "backupAgent", "restoreAgent"};
  return route.method == Method::kPost &&
         std::ranges::find(kOthers, route.operation) == kOthers.end();
}

}  // namespace notify::api
