#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/result.hpp"

namespace notify::agent::telemetry {

/// What the kernel says about this process.
struct ProcessStats {
  std::uint64_t resident_bytes = 0;
  double cpu_seconds = 0;         ///< User and system time of all threads.
  double start_time_seconds = 0;  ///< Since the Unix epoch.
  std::uint64_t threads = 0;
  std::uint64_t open_fds = 0;
};

/// The units in which the kernel counts.
struct KernelUnits {
  std::uint64_t page_bytes = 4096;
  std::uint64_t ticks_per_second = 100;
};

/// From the texts of /proc/self/stat and /proc/stat; `open_fds` stays 0. kUnavailable where one
/// has not the form of proc(5).
Result<ProcessStats> ParseProcessStats(std::string_view self_stat, std::string_view system_stat,
                                       const KernelUnits& units);

/// This process now. kUnavailable where /proc cannot be read.
/// Threads: any.
Result<ProcessStats> ReadProcessStats();

}  // namespace notify::agent::telemetry
