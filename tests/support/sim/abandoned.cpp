#include "tests/support/sim/abandoned.hpp"

#include <vector>

namespace notify::testing_support::sim::internal {

void KeepForEver(std::shared_ptr<void> thing) {
  static auto* const kept = new std::vector<std::shared_ptr<void>>();
  kept->push_back(std::move(thing));
}

}  // namespace notify::testing_support::sim::internal
