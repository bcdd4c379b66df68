#pragma once

#include <cstdint>
#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::top_level {

struct BenchLatencyOptions {
  Factory* factory = nullptr;
  std::int64_t rate = 1'000;
  std::int64_t seconds = 10;
  std::int64_t connections = 16;
  std::int64_t payload_bytes = 100;
  std::string receiver = "hub";
};

Command& AddBenchLatency(Command& bench, Factory& factory, RunHook<BenchLatencyOptions> run);
/// Publishes single events at a fixed rate, however slow the answers are, and receives them live.
/// The latency of an event is from when it should have been sent to when it arrived. Each must
/// arrive once, in order of the log.
Status RunBenchLatency(const BenchLatencyOptions& options);

}  // namespace notify::cli::top_level
