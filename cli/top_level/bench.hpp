#pragma once

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::top_level {

/// Adds `bench` and its operations.
void AddBench(Command& root, Factory& factory);

}  // namespace notify::cli::top_level
