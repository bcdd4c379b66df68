#include "agent/app/free_memory.hpp"

#include <malloc.h>

#include <algorithm>
#include <utility>

#include "agent/telemetry/process_stats.hpp"

namespace notify::agent::app {
namespace {

constexpr double kIdleCpuSeconds = 0.05;
constexpr std::size_t kWorthIt = 1 << 20;

}  // namespace

void FreeMemory::ReturnWhenIdle() {
  const auto stats = telemetry::ReadProcessStats();
  if (!stats) return;
  const double used = stats->cpu_seconds - std::exchange(cpu_seconds_, stats->cpu_seconds);
  if (used > kIdleCpuSeconds) return;
  const std::size_t free = mallinfo2().fordblks;
  // The count does not fall when pages are returned, only when they are used again.
  returned_ = std::min(returned_, free);
  if (free - returned_ < kWorthIt) return;
  malloc_trim(0);
  returned_ = free;
}

}  // namespace notify::agent::app
