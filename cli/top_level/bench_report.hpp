#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "cli/factory.hpp"

namespace notify::cli::top_level {

/// What a benchmark found.
struct BenchReport {
  std::string operation;
  Value config = Value::Object();
  std::int64_t count = 0;
  std::chrono::nanoseconds took{0};
  std::vector<std::chrono::nanoseconds> latencies;  ///< One for each thing timed; sorted here.
  std::int64_t errors = 0;
  Value extra = Value::Object();  ///< More members, as they are.
};

/// The value at `share` (0 to 1) of sorted times; 0 of none. The nearest rank.
std::chrono::nanoseconds Quantile(const std::vector<std::chrono::nanoseconds>& sorted,
                                  double share);

/// With all its digits: a small template renders in less than a microsecond.
double Milliseconds(std::chrono::nanoseconds time);

/// `{operation, config, count, seconds, perSecond, p50Ms, p99Ms, p999Ms, errors, cpuSeconds,
/// rssBytes, …}`, the last two of this process.
Value ReportValue(BenchReport report);

/// Prints the report. kInternal with `errors` in the detail where there were some.
Status PrintReport(Factory& factory, BenchReport report);

}  // namespace notify::cli::top_level
