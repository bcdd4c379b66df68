#pragma once

#include <memory>

namespace notify::testing_support::sim {

namespace internal {
void KeepForEver(std::shared_ptr<void> thing);
}  // namespace internal

/// Leaves a thing as a power cut leaves it: its destructor never runs, and neither does any
/// coroutine that waits in it. It stays reachable until the process ends, so that LeakSanitizer
/// takes what hangs on it for used. After SimRuntime::Crash() the test abandons the agent with it.
template <typename T>
void Abandon(std::unique_ptr<T> thing) {
  if (thing) internal::KeepForEver(std::shared_ptr<void>(thing.release(), [](void*) {}));
}

}  // namespace notify::testing_support::sim
