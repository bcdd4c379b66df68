#pragma once

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::projection {

/// Adds `projection` and its verbs.
void AddNoun(Command& root, Factory& factory);

}  // namespace notify::cli::projection
