#pragma once

#include <optional>
#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::top_level {

struct BenchIngestOptions {
  Factory* factory = nullptr;
  std::int64_t connections = 16;
  std::int64_t batch = 1'000;
  std::optional<std::int64_t> count;
  std::optional<std::int64_t> seconds;
  std::int64_t payload_bytes = 100;
  std::int64_t rate = 0;  ///< Events a second, open loop; 0: the next as soon as one is answered.
  std::string format = "ndjson";
  bool ids = false;
  std::int64_t tenants = 0;   ///< 0: the one of the command line.
  std::string tenant_prefix;  ///< Of tenants that stay; empty: they are made for the run.
};

Command& AddBenchIngest(Command& bench, Factory& factory, RunHook<BenchIngestOptions> run);
/// Publishes batches over kept-alive connections and counts what the agent says is durable. kUsage
/// below 16 connections.
Status RunBenchIngest(const BenchIngestOptions& options);

}  // namespace notify::cli::top_level
