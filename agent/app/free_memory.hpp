#pragma once

#include <cstddef>

namespace notify::agent::app {

/// Gives the memory that the allocator holds back to the system while the agent rests: what a burst
/// or many open tenants took stays resident otherwise. Never under load, because the pages that it
/// returns must be faulted in again.
///
/// Threads:  one.
/// Lifetime: as the housekeeping that asks it.
class FreeMemory {
 public:
  /// Called every few seconds: returns memory where the process hardly ran since the last call and
  /// more than a mebibyte became free since memory was last returned.
  void ReturnWhenIdle();

 private:
  double cpu_seconds_ = 0;
  std::size_t returned_ = 0;  // What was free, by the allocator's count, when it was last returned.
};

}  // namespace notify::agent::app
