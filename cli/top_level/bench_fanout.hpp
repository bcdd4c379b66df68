#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::top_level {

struct BenchFanoutOptions {
  Factory* factory = nullptr;
  std::int64_t connections = 1'000;
  std::int64_t ramp = 0;      ///< Joins a second; 0: as fast as they are answered.
  std::int64_t publish = 10;  ///< Events a second; 0: the next as soon as the last is answered.
  std::int64_t burst = 1;
  std::optional<std::int64_t> count;
  std::int64_t seconds = 10;
  std::int64_t payload_bytes = 200;
  bool skip_negotiation = false;
};

/// Adds it below `parent`: `bench fanout`, which is also `hub bench`.
Command& AddBenchFanout(Command& parent, std::string name, Factory& factory,
                        RunHook<BenchFanoutOptions> run);
/// Publishes to many hub connections and checks that each gets every event, once, in order and
/// unaltered. kUsage for numbers that mean nothing, or more connections than the system allows.
Status RunBenchFanout(const BenchFanoutOptions& options);

}  // namespace notify::cli::top_level
