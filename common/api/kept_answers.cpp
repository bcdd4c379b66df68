#include "common/api/kept_answers.hpp"

#include <algorithm>
#include <array>

namespace notify::api {

bool KeepsAnswers(const Route& route) {
  constexpr std::array<std::string_view, 3> kEvents = {"publishEvent", "publishBatch",
                                                       "importEvents"};
  return route.method == Method::kPost &&
         std::ranges::find(kEvents, route.operation) == kEvents.end();
}

}  // namespace notify::api
