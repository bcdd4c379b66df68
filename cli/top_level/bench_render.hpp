#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::top_level {

struct BenchRenderOptions {
  Factory* factory = nullptr;
  std::string file;
  std::string data;
  std::optional<std::int64_t> count;
  std::int64_t seconds = 2;
};

Command& AddBenchRender(Command& bench, Factory& factory, RunHook<BenchRenderOptions> run);
/// Renders one template over and over, here, with the agent's engine.
Status RunBenchRender(const BenchRenderOptions& options);

}  // namespace notify::cli::top_level
